(() => {
'use strict';
const root = document.documentElement;
const all = (selector, within) => [...(within || document).querySelectorAll(selector)];
const one = (selector, within) => (within || document).querySelector(selector);
const zh = () => root.dataset.lang === 'zh';
const say = pair => Array.isArray(pair) ? pair[zh() ? 0 : 1] : pair;
const WORDS = [['不适用', 'not applicable'], ['达标', 'met'], ['证据不足', 'unknown'], ['未达标', 'unmet']];
const KINDS = ['not_applicable', 'met', 'unknown', 'unmet'];
const MARKS = ['–', '√', '?', '×'];
const SIGNS = {'>=': '≥', '<=': '≤', '>': '>', '<': '<', 'in': '∈'};
const STAGES = {primary: ['小学', 'primary'], junior: ['初中', 'junior secondary']};
root.classList.add('js');

// Elements are made from text, never from markup: what a file says stays words.
const make = (name, kind, ...inside) => {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  element.append(...inside.filter(each => each !== null && each !== undefined));
  return element;
};

// -- language -------------------------------------------------------------------

const setLanguage = lang => {
  root.dataset.lang = lang;
  root.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = lang === 'zh' ? root.dataset.titleZh : root.dataset.titleEn;
  for (const each of all('[data-set]')) each.setAttribute('aria-pressed', each.dataset.set === lang);
  for (const each of all('option[data-zh]')) each.textContent = each.dataset[lang];
  for (const each of all('[data-sheet]')) each.dispatchEvent(new Event('told'));
  if (open) show(...open);
};
for (const each of all('[data-set]')) each.addEventListener('click', () => setLanguage(each.dataset.set));
one('.print').addEventListener('click', () => window.print());

// -- pages of a file with several counties ------------------------------------------

const pages = all('.page');
const route = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const page = (target && target.closest('.page')) || (one('.page.on') && target ? one('.page.on') : pages[0]);
  for (const each of pages) each.classList.toggle('on', each === page);
  if (target) target.scrollIntoView();
};
if (pages.length) { addEventListener('hashchange', route); route(); }

// -- tables: sort, filter -----------------------------------------------------------

const keyOf = (row, at) => {
  const cell = row.cells[at];
  if (cell.classList.contains('q')) return Number(row.dataset.v);
  if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
  const text = cell.textContent.trim();
  const number = parseFloat(text);
  return /^[-\d.]/.test(text) && !Number.isNaN(number) ? number : text;
};
const BLANK = new Set(['?', '–', '—']);
const compare = (a, b, way) => {
  if (BLANK.has(a) || BLANK.has(b)) return BLANK.has(a) - BLANK.has(b);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh-CN');
  return way * order;
};
const sheet = holder => {
  const body = one('tbody', holder), rows = [...body.rows], first = [...rows];
  const heads = all('thead th', holder);
  const state = {only: '', stage: '', find: ''};
  const tell = () => {
    const shown = rows.filter(row => !row.hidden).length;
    one('.shown', holder).textContent = zh() ? `显示 ${shown} / ${rows.length}` : `${shown} of ${rows.length} shown`;
  };
  const filter = () => {
    const find = state.find.trim().toLowerCase();
    for (const row of rows) {
      row.hidden = !((!state.only || row.dataset.v === state.only) && (!state.stage || row.dataset.g === state.stage) &&
        (!find || row.textContent.toLowerCase().includes(find)));
    }
    tell();
  };
  heads.forEach((head, at) => one('button', head).addEventListener('click', () => {
    const before = head.getAttribute('aria-sort');
    for (const each of heads) each.removeAttribute('aria-sort');
    const next = {null: 'ascending', ascending: 'descending', descending: null}[before];
    if (next) head.setAttribute('aria-sort', next);
    const way = next === 'descending' ? -1 : 1;
    const keys = new Map(first.map(row => [row, keyOf(row, at)]));
    body.append(...(next ? [...first].sort((a, b) => compare(keys.get(a), keys.get(b), way)) : first));
  }));
  for (const each of all('[data-only]', holder)) {
    each.addEventListener('click', () => {
      for (const other of all('[data-only]', holder)) other.setAttribute('aria-pressed', other === each);
      state.only = each.dataset.only;
      filter();
    });
  }
  one('[data-find]', holder).addEventListener('input', event => { state.find = event.target.value; filter(); });
  const stage = one('[data-stage]', holder);
  if (stage) stage.addEventListener('change', () => { state.stage = stage.value; filter(); });
  holder.addEventListener('told', tell);
  tell();
};
all('[data-sheet]').forEach(sheet);

// -- numbers, as the reports write them ---------------------------------------------

const at = (cells, unit) => Array.isArray(cells) ? cells[unit] : unit in cells.but ? cells.but[unit] : cells.all;
const valueOf = (data, rule, unit) => rule.values === null ? at(data.columns[rule.scope][rule.tree[0][0]][1], unit) : at(rule.values, unit);
const plain = (value, places) => {
  const text = (Math.round((Math.abs(value) + 1e-12) * 10 ** places) / 10 ** places * Math.sign(value)).toFixed(places);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};
const measured = (data, value, name, places, bare) => {
  if (value === null || value === undefined) return '—';
  if (value === true || value === false || (name === 'yes_no' && typeof value === 'number')) {
    return value ? say(['是', 'yes']) : say(['否', 'no']);
  }
  const unit = data.units[name] || ['', '', 6];
  const suffix = bare ? '' : zh() ? unit[0] : unit[1];
  if (typeof value === 'string') return value === '' ? say(['无', 'none']) : value + suffix;
  if (name === 'level' && value >= 1 && value <= 4) return 'ⅠⅡⅢⅣ'[value - 1];
  const shown = places === undefined ? unit[2] : places;
  return name === 'share' ? plain(100 * value, Math.max(shown - 2, 0)) + '%' : plain(value, shown) + suffix;
};
const operand = (data, scope, name, unit) => {
  const [kind, cells] = data.columns[scope][name];
  const value = at(cells, unit);
  return value === null ? say(['缺', 'blank']) : measured(data, value, kind, 6);
};
const asked = (data, rule, unit) => {
  const limit = at(rule.asked, unit);
  if (rule.op === null || limit === null) return null;
  return `${SIGNS[rule.op]} ${typeof limit === 'string' ? limit : measured(data, limit, rule.unit, 6, true)}`;
};
const compared = (data, rule, unit, places) => {
  const value = measured(data, valueOf(data, rule, unit), rule.unit, places);
  const limit = asked(data, rule, unit);
  return limit === null ? value : zh() ? `${value}（应${limit}）` : `${value} (asked ${limit})`;
};

// -- one unit of one rule: the calculation --------------------------------------------

const isNear = (data, number, unit) => {
  const rule = data.rules[number], value = valueOf(data, rule, unit), limit = at(rule.asked, unit);
  return rule.verdicts[unit] === '3' && (data.parts.of || []).includes(number) && limit !== null &&
    value >= limit * data.parts.floor[0] * (1 - 2 ** -40);
};
const quorumLines = (data, unit) => data.parts.of.map(number => {
  const rule = data.rules[number], rank = Number(rule.verdicts[unit]);
  const value = valueOf(data, rule, unit), limit = at(rule.asked, unit);
  let note = say(WORDS[rank]);
  if (rank === 3 && limit !== null) {
    const kept = isNear(data, number, unit);
    note += zh() ? (kept ? '，但不低于85%线 ' : '，且低于85%线 ') : kept ? ', but at or above the floor ' : ', and below the floor ';
    note += plain(limit * data.parts.floor[0], 6);
  }
  const number6 = value === null ? say(['缺', 'blank']) : measured(data, value, rule.unit, 6);
  return make('li', 'operand1', make('bdi', '', `${say(rule.label)} = ${number6}  ${asked(data, rule, unit) || ''}  ${note}`));
});
const calculation = (data, number, unit) => {
  const rule = data.rules[number], lines = make('ul', 'calc');
  for (const [name, depth] of rule.tree) {
    lines.append(make('li', `operand${depth || ''}`, make('bdi', '', `${say(data.labels[name])} = ${operand(data, rule.scope, name, unit)}`)));
  }
  if (number === data.parts.quorum) lines.append(...quorumLines(data, unit));
  lines.append(make('li', 'sum', make('bdi', '', compared(data, rule, unit, 6))));
  for (const note of data.notes[at(rule.notes, unit)]) lines.append(make('li', 'note', say(note)));
  const refs = make('ul', 'refs');
  for (const cited of at(rule.sources, unit)) {
    const [title, where, read] = data.sources[cited];
    refs.append(make('li', '', `《${title}》 ${where} `, make('span', 'read', say(read))));
  }
  return [lines, refs];
};
const entry = (data, number, unit, wanted) => {
  const rule = data.rules[number], rank = Number(rule.verdicts[unit]);
  const details = make('details');
  details.dataset.rule = number;
  details.dataset.unit = unit;
  const found = measured(data, valueOf(data, rule, unit), rule.unit);
  const value = make('b', '', number === data.parts.quorum ? `${found} / ${data.parts.of.length}` : found);
  const limit = asked(data, rule, unit);
  const mark = isNear(data, number, unit) ? '△' : MARKS[rank];
  details.append(make('summary', '',
    make('span', `v ${KINDS[rank]}`, make('i', '', mark), say(WORDS[rank])),
    make('span', '', say(rule.label), rule.area ? make('small', '', ` ${rule.area}`) : null, rule.force ? make('small', '', ` ${say(rule.force)}`) : null),
    make('span', 'got', value, limit === null ? '' : ` ${zh() ? '应' : 'asked'} ${limit}`)));
  const fill = () => { if (details.children.length === 1) details.append(...calculation(data, number, unit)); };
  details.addEventListener('toggle', fill);
  if (wanted) { fill(); details.open = true; }
  return details;
};

// -- one school -----------------------------------------------------------------------

const known = new Map();
const dataOf = page => {
  if (!known.has(page)) known.set(page, JSON.parse(one('script.data', page).textContent));
  return known.get(page);
};
const dialog = one('#school');
let open = null;
const part = (data, scope, unit, wanted, title) => {
  const numbers = data.rules.map((_, number) => number).filter(number => {
    const rule = data.rules[number];
    return rule.scope === scope && rule.verdicts[unit] !== '0';
  });
  if (!numbers.length) return [];
  const first = number => number === data.parts.quorum ? 0 : (data.parts.of || []).includes(number) ? 1 : 2;
  numbers.sort((a, b) => first(a) - first(b) || (first(a) === 2 ? data.rules[b].verdicts[unit] - data.rules[a].verdicts[unit] : 0) || a - b);
  return [make('h3', '', title), ...numbers.map(n => entry(data, n, unit, wanted && wanted[0] === n && wanted[1] === unit))];
};
const show = (page, number, wanted) => {
  const data = dataOf(page), [code, name, kind, locale, sections] = data.schools[number];
  open = [page, number, wanted];
  const step = (by, words) => {
    const button = make('button', '', words);
    button.type = 'button';
    button.addEventListener('click', () => show(page, (number + by + data.schools.length) % data.schools.length, null));
    return button;
  };
  const close = make('button', 'close', say(['关闭', 'Close']));
  close.type = 'button';
  close.addEventListener('click', () => dialog.close());
  const title = make('h2', '', make('bdi', '', name));
  title.id = 'school-name';
  const where = [code, say(data.words[kind]), say(data.words[locale])].filter(Boolean).join(' · ');
  const body = make('div');
  for (const unit of sections) body.append(...part(data, 'section', unit, wanted, say(STAGES[data.stages[unit]])));
  body.append(...part(data, 'school', number, wanted, say(['全校', 'Whole school'])));
  if (!body.children.length) body.append(make('p', 'none', say(['没有适用的要求', 'No rule applies'])));
  dialog.replaceChildren(make('header', '', make('div', '', title, make('p', 'meta', where)), step(-1, '‹'), step(1, '›'), close), body);
  if (!dialog.open) dialog.showModal();
  const target = one('details[open]', dialog);
  if (target) { one('summary', target).focus(); target.scrollIntoView({block: 'center'}); } else dialog.scrollTop = 0;
};
dialog.addEventListener('close', () => { open = null; });
dialog.addEventListener('click', event => { if (event.target === dialog) dialog.close(); });
for (const page of all('.county')) {
  page.addEventListener('click', event => {
    const row = event.target.closest('tr[data-s]'), listed = event.target.closest('.units button');
    if (row) {
      const cell = event.target.closest('td'), data = dataOf(page), unit = Number(row.dataset.i);
      const place = cell ? cell.cellIndex - 4 : -2;
      if (cell && place < -1) return;
      const number = place >= 0 ? data.parts.of && data.parts.of[place] : place === -1 ? data.parts.quorum : undefined;
      show(page, Number(row.dataset.s), number === undefined ? null : [number, unit]);
    } else if (listed) {
      const data = dataOf(page), number = Number(listed.dataset.rule), unit = Number(listed.dataset.unit);
      const school = data.rules[number].scope === 'school' ? unit : data.schools.findIndex(each => each[4].includes(unit));
      show(page, school, [number, unit]);
    }
  });
}

// -- dots: whose they are ---------------------------------------------------------------

const tip = one('.tip'), NEAR = 14;
const nearest = (svg, event) => {
  const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
  const x = (event.clientX - box.left) / box.width * view.width;
  const y = (event.clientY - (box.bottom - box.width / view.width * view.height)) / box.width * view.width;
  let best = null, least = NEAR;
  for (const path of all('.dot', svg)) {
    const rows = path.dataset.r.split(' ');
    [...path.getAttribute('d').matchAll(/M([\d.]+) ([\d.]+)/g)].forEach((place, index) => {
      const far = Math.hypot(place[1] - x, place[2] - y);
      if (far < least) { least = far; best = {row: Number(rows[index]), x: place[1], y: place[2]}; }
    });
  }
  return best;
};
const unring = () => { tip.hidden = true; for (const each of all('.ring')) each.remove(); };
for (const svg of all('.strip')) {
  const page = svg.closest('.county');
  svg.addEventListener('pointermove', event => {
    unring();
    const found = nearest(svg, event);
    if (!found) return;
    const school = dataOf(page).schools.find(each => each[4].includes(found.row));
    const ring = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    for (const [name, value] of [['class', 'ring'], ['cx', found.x], ['cy', found.y], ['r', 5.5]]) ring.setAttribute(name, value);
    svg.append(ring);
    tip.replaceChildren(make('bdi', '', school[1]));
    tip.hidden = false;
    tip.style.left = `${Math.min(event.pageX + 12, innerWidth - 180)}px`;
    tip.style.top = `${event.pageY + 14}px`;
  });
  svg.addEventListener('pointerleave', unring);
  svg.addEventListener('click', event => {
    const found = nearest(svg, event);
    if (found) { unring(); show(page, dataOf(page).schools.findIndex(each => each[4].includes(found.row)), null); }
  });
}

addEventListener('beforeprint', () => { for (const each of all('details[data-print]')) each.open = true; });
})();
