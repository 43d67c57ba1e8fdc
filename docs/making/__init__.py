"""The pages that are made from the code, in Chinese and in English."""
