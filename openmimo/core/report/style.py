"""The style of `report.html`. Fonts are those of the reader's system: nothing is fetched."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fbfbfa; --card: #fff; --ink: #1c1d1f; --soft: #63666b; --rule: #e3e3e0; --grid: #eeeeeb; --focus: #2f6fb3;
  --right: #1f7a4d; --wrong: #b3372f; --other: #8a6100; --same: #a3a6ac;
  --c0: #2f6fb3; --c1: #c8611b; --c2: #2c8a5b; --c3: #8a55b8; --c4: #b3372f; --c5: #1b8a94; --c6: #92741a; --c7: #b34a86;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131416; --card: #1a1b1e; --ink: #e7e7e4; --soft: #9b9ea4; --rule: #303236; --grid: #26282b; --focus: #7db2ea;
    --right: #62c493; --wrong: #ef8379; --other: #d9b04a; --same: #6b6e75;
    --c0: #7db2ea; --c1: #f0985a; --c2: #62c493; --c3: #bf97e3; --c4: #ef8379; --c5: #5cc4cd; --c6: #cfae4c; --c7: #e58bbd;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 40px; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 19px; font-weight: 650; margin: 48px 0 16px; scroll-margin-top: 16px; }
h3 { font-size: 14px; font-weight: 600; }
.kind, .soft, footer { color: var(--soft); }
.kind { font-size: 14px; }
h3 .soft { font-weight: 400; white-space: nowrap; }
.status { margin-top: 4px; color: var(--soft); overflow-wrap: anywhere; }
nav { margin-top: 20px; display: flex; flex-wrap: wrap; gap: 4px 18px; border-bottom: 1px solid var(--rule); padding-bottom: 12px; }
a { color: var(--focus); text-underline-offset: 3px; }
nav a { text-decoration: none; padding: 4px 0; }
nav a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 16px 24px; margin-top: 24px; }
.figures dt { font-size: 13px; color: var(--soft); }
.figures dd { font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.notes { margin-top: 24px; padding: 12px 16px 12px 34px; border-left: 3px solid var(--other); background: var(--card); font-size: 14px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 16px; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
.chart { padding: 14px 18px 10px 14px; touch-action: pan-y; min-width: 0; }
.chart:first-child:nth-last-child(odd) { grid-column: 1 / -1; }
.head { display: flex; justify-content: space-between; gap: 12px; padding-left: 4px; font-size: 14px; }
.where { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: 0 16px; list-style: none; padding-left: 4px; font-size: 13px; min-height: 20px; }
.legend .value { font-variant-numeric: tabular-nums; font-weight: 600; }
.legend .name { color: var(--soft); overflow-wrap: anywhere; }
.mark { width: 14px; height: 10px; margin-right: 6px; overflow: visible; }
.plot { margin: 14px 6px 28px 52px; height: 190px; }
.plot svg { overflow: visible; display: block; }
.plot text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--rule); }
.raw, .smooth, .mark line { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; stroke-linecap: round; stroke-width: 1.75; }
.raw.faint { stroke-width: 1; opacity: .3; }
.dashed { stroke-dasharray: 5 4; }
.cursor { stroke: var(--soft); stroke-dasharray: 2 3; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
.c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); } .c6 { stroke: var(--c6); } .c7 { stroke: var(--c7); }
.dot { fill: var(--card); stroke-width: 2; stroke-dasharray: none; }
.timeline { padding: 12px 18px; margin-bottom: 8px; }
.timeline > summary { cursor: pointer; display: flex; flex-wrap: wrap; gap: 0 12px; justify-content: space-between; }
.timeline .legend { margin: 10px 0 4px; padding-left: 0; }
.timeline h4 { margin: 8px 0 4px; font-size: 13px; font-weight: 400; color: var(--soft); }
.gantt { display: block; touch-action: pan-y; }
.gantt path, .gantt line { fill: none; vector-effect: non-scaling-stroke; }
.ticks { overflow: visible; display: block; }
.ticks text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
path.selected { stroke: var(--c2); } path.same { stroke: var(--same); } path.surplus { stroke: var(--c1); } path.unfit { stroke: var(--c4); } path.other { stroke: var(--c3); }
rect.selected { fill: var(--c2); } rect.same { fill: var(--same); } rect.surplus { fill: var(--c1); } rect.unfit { fill: var(--c4); } rect.other { fill: var(--c3); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; width: 100%; }
th, td { padding: 7px 16px; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; border-top: 1px solid var(--grid); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; }
th:first-child, td.text { text-align: left; }
tbody th { font-weight: 500; }
.wide th:first-child { position: sticky; left: 0; background: var(--card); border-radius: 8px; }
td.text { white-space: pre-wrap; overflow-wrap: anywhere; width: 100%; }
code, pre, .text { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 13px; }
.share { color: var(--soft); display: inline-block; min-width: 3.8em; }
form { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: end; margin-bottom: 16px; }
form[hidden], .sample[hidden] { display: none; }
form label { display: grid; gap: 2px; font-size: 13px; color: var(--soft); }
select, input { font: inherit; font-size: 14px; color: var(--ink); background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: 6px 8px; height: 36px; min-width: 0; max-width: 220px; }
output { font-size: 14px; color: var(--soft); margin-left: auto; font-variant-numeric: tabular-nums; }
.sample { margin-bottom: 8px; }
.sample > summary { display: grid; grid-template-columns: 62px minmax(90px, 170px) 1fr; gap: 12px; padding: 10px 14px; cursor: pointer; align-items: baseline; list-style: none; }
.sample > summary::-webkit-details-marker { display: none; }
.sample[open] > summary { border-bottom: 1px solid var(--grid); }
.sample > summary:hover { background: var(--grid); border-radius: 8px; }
.verdict { font-size: 13px; font-weight: 650; color: var(--other); }
.verdict.right { color: var(--right); }
.verdict.wrong { color: var(--wrong); }
.place { font-size: 13px; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.first { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.parts { padding: 14px; display: grid; gap: 14px; }
.parts h3 { font-size: 13px; color: var(--soft); font-weight: 500; margin-bottom: 2px; }
.parts pre, .log { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 220px), 1fr)); gap: 14px; }
.log { padding: 12px 16px; }
footer { padding-top: 40px; padding-bottom: 40px; font-size: 13px; }
@media (max-width: 560px) {
  main, header, footer { padding-left: 16px; padding-right: 16px; }
  header { padding-top: 24px; }
  h1 { font-size: 25px; }
  .figures dd { font-size: 19px; }
  .figures { grid-template-columns: repeat(2, 1fr); }
  .plot { height: 160px; }
  nav { gap: 4px 14px; }
  th, td { padding: 6px 10px; }
  tbody th { white-space: normal; }
  .config th, .config td { display: block; padding: 6px 12px 0; overflow-wrap: anywhere; }
  .config td { border: 0; padding: 0 12px 6px; }
  form label, select, input { max-width: none; width: 100%; }
  form label { flex: 1 1 40%; }
  .sample > summary { grid-template-columns: auto 1fr; gap: 2px 12px; }
  .first { grid-column: 1 / -1; }
}
@media print { nav, form { display: none; } .card { break-inside: avoid; } }
"""
