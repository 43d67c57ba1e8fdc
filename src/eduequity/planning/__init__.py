"""
Planning: what a plan aims for, and whether a county is on the way.

`roadmap` puts the dated targets of the packs beside what is known, year by year.
"""

from __future__ import annotations

from eduequity.planning._roadmap import (
    Course,
    Milestone,
    Roadmap,
    Track,
    roadmap,
)


__all__ = ["Course", "Milestone", "Roadmap", "Track", "roadmap"]
