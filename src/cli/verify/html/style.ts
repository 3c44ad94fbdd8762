/** The style of the report: light and dark by the preference of the reader, and for paper. Contrast is at least 4.5 to 1. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --text: #1b1f27; --soft: #59616e; --line: #dfe3e9; --code: #eef1f5;
  --passed: #18794e; --failed: #c4232b; --warning: #8f5b00; --skipped: #667085;
  --passed-bg: #e6f5ec; --failed-bg: #fdebec; --warning-bg: #fff3da; --skipped-bg: #eef0f4;
  --bar-passed: #30a46c; --bar-failed: #e5484d; --bar-warning: #f5a623; --bar-skipped: #c3c9d3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1216; --card: #181c22; --text: #e8ebf0; --soft: #a3acb9; --line: #2b313a; --code: #222831;
    --passed: #5bd69a; --failed: #ff8b8f; --warning: #f8c55a; --skipped: #a3acb9;
    --passed-bg: #12301f; --failed-bg: #3b1719; --warning-bg: #362809; --skipped-bg: #242a33;
    --bar-passed: #2f9e67; --bar-failed: #d9434a; --bar-warning: #d68f12; --bar-skipped: #4a5361;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.55 system-ui, sans-serif;
}
main, header.top, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
header.top { padding-top: 2.5rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; letter-spacing: -.015em; }
h2 { font-size: 1.3rem; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.75rem 0 .6rem; }
a { color: inherit; text-underline-offset: .2em; }
a:focus-visible, summary:focus-visible { outline: 2px solid #4c8dff; outline-offset: 2px; border-radius: 4px; }
code { font: .87em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.meta { margin: 0; display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; }
.verdict { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem 1.75rem; margin: 1.5rem 0 0; padding: 1.25rem 1.5rem;
  background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--edge); border-radius: 12px; }
.verdict p { margin: 0; }
.verdict .word { font-size: 1.25rem; font-weight: 650; color: var(--edge); }
.verdict.passed { --edge: var(--passed); } .verdict.failed { --edge: var(--failed); } .verdict.warning { --edge: var(--warning); }
.verdict.undecided { --edge: var(--warning); } .reasons { margin: .4rem 0 0; padding-left: 1.2rem; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin: 0 0 0 auto; padding: 0; list-style: none; }
.counts strong { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.counts li { min-width: 4rem; color: var(--soft); font-size: .87rem; }
.counts .none strong, .counts .none { color: var(--soft); font-weight: 400; }
.counts .passed strong { color: var(--passed); } .counts .failed strong { color: var(--failed); }
.counts .warning strong { color: var(--warning); } .counts .skipped strong { color: var(--skipped); }
.namespace { margin: 2.5rem 0; }
.namespace > header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; margin-bottom: .75rem; }
.subjects { display: flex; flex-wrap: wrap; gap: .4rem; list-style: none; padding: 0; margin: 0 0 1rem; }
.subjects li { background: var(--card); border: 1px solid var(--line); border-radius: 999px; padding: .05rem .7rem; font-size: .87rem;
  overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem; padding: 0; margin: 0;
  list-style: none; }
.tiles a { display: block; height: 100%; padding: .8rem 1rem .9rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; text-decoration: none; }
.tiles a:hover { border-color: var(--soft); }
.tiles b { font-weight: 600; display: block; }
.tiles span { font-size: .87rem; }
.bar { display: flex; height: 6px; margin-top: .55rem; border-radius: 3px; overflow: hidden; background: var(--bar-skipped); gap: 1px; }
.bar i { display: block; } .bar .passed { background: var(--bar-passed); } .bar .failed { background: var(--bar-failed); }
.bar .warning { background: var(--bar-warning); } .bar .skipped { background: var(--bar-skipped); }
.list { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
details + details { border-top: 1px solid var(--line); }
summary { display: grid; grid-template-columns: 5.6rem 1fr auto; gap: .1rem .9rem; align-items: baseline; padding: .6rem 1rem;
  cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary .level::after { content: "\\203a"; display: inline-block; margin-left: .6rem; font-size: 1.15em; line-height: 1;
  transform: rotate(90deg); }
details[open] > summary .level::after { transform: rotate(-90deg); }
summary:hover { background: color-mix(in srgb, var(--code) 55%, transparent); }
.pill { justify-self: start; padding: .05rem .55rem; border-radius: 999px; font-size: .8rem; font-weight: 600; }
.pill.passed { color: var(--passed); background: var(--passed-bg); }
.pill.failed { color: var(--failed); background: var(--failed-bg); }
.pill.warning { color: var(--warning); background: var(--warning-bg); }
.pill.skipped { color: var(--skipped); background: var(--skipped-bg); }
summary .title { font-weight: 550; }
summary .evidence { grid-column: 2 / -1; color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.level { font-size: .8rem; color: var(--soft); white-space: nowrap; }
dl { margin: 0; padding: .2rem 1rem 1rem calc(1rem + 5.6rem + .9rem); display: grid; grid-template-columns: 5.5rem 1fr;
  gap: .35rem .75rem; font-size: .92rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .5rem .9rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .85rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
footer { padding-top: 1rem; padding-bottom: 3rem; color: var(--soft); font-size: .87rem; }
@media (max-width: 40rem) {
  summary { grid-template-columns: 1fr auto; }
  summary .title, summary .evidence { grid-column: 1 / -1; }
  summary .level { grid-row: 1; grid-column: 2; }
  dl { padding-left: 1rem; grid-template-columns: 1fr; gap: 0 .75rem; }
  dd { margin-bottom: .5rem; }
  .counts { margin-left: 0; }
}
@media print {
  :root { --page: #fff; color-scheme: light; }
  body { font-size: 10pt; }
  main, header.top, footer { max-width: none; padding: 0; }
  details::details-content { content-visibility: visible; height: auto; }
  details, .tiles li, .verdict { break-inside: avoid; }
  h3 { break-after: avoid; }
  .pill, .bar, .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .namespace + .namespace { break-before: page; }
  summary .level::after { content: none; }
}
`.trim()
