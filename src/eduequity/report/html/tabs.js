(() => {
'use strict';
const tabs = [...document.querySelectorAll('[role=tab]')];
const panelOf = tab => document.getElementById(tab.getAttribute('aria-controls'));
const select = tab => {
  for (const each of tabs) {
    const on = each === tab;
    each.setAttribute('aria-selected', on);
    each.tabIndex = on ? 0 : -1;
    panelOf(each).classList.toggle('on', on);
  }
};
const go = tab => {
  select(tab);
  tab.focus();
  history.replaceState(null, '', tab.hash);
};
const STEPS = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
tabs.forEach((tab, at) => {
  tab.addEventListener('click', event => { event.preventDefault(); go(tab); });
  tab.addEventListener('keydown', event => {
    const by = STEPS[event.key];
    const next = by ? tabs[(at + by + tabs.length) % tabs.length] : {Home: tabs[0], End: tabs[tabs.length - 1], ' ': tab}[event.key];
    if (!next || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(next);
  });
});

// A link to something in another tab opens that tab first.
const follow = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const panel = target && target.closest('[role=tabpanel]');
  if (!panel) return false;
  select(tabs.find(each => panelOf(each) === panel));
  if (target !== panel) target.scrollIntoView();
  return true;
};
addEventListener('hashchange', follow);
if (!follow()) select(tabs.find(each => each.getAttribute('aria-selected') === 'true'));
})();
