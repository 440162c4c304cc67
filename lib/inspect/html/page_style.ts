/** The style of the page of `inspect --html`: for wide and narrow screens, light and dark, paper, and large letters. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --back: #fbfbfa; --card: #fff; --text: #1d2329; --soft: #5b6570; --line: #dcdfe3; --code: #f1f3f4; --focus: #1557c0;
  --good: #17713a; --good-back: #dff3e5; --bad: #a8201a; --bad-back: #fbe3e1; --doubtful: #875a00; --doubtful-back: #faedcc;
  --busy: #125a9c; --busy-back: #dcebfa; --quiet: #58616b; --quiet-back: #e9ebee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #14171a; --card: #1c2024; --text: #e4e7ea; --soft: #9aa4ae; --line: #343a41; --code: #262b30; --focus: #7fb4ff;
    --good: #7ad79b; --good-back: #173823; --bad: #ff9d95; --bad-back: #4a1c19; --doubtful: #f0c465; --doubtful-back: #40310d;
    --busy: #8cc3f7; --busy-back: #16344f; --quiet: #aab3bc; --quiet-back: #2d3338;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 88rem; padding: 1rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
h3 { font-size: .9rem; margin: .8rem 0 .2rem; color: var(--soft); }
p { margin: .3rem 0; }
section, header { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; margin: 0 0 1rem; }
code, pre, .call { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", Consolas, monospace; font-size: .86rem; unicode-bidi: isolate; overflow-wrap: anywhere; }
pre { margin: .2rem 0; padding: .55rem .7rem; background: var(--code); border-radius: .35rem; overflow: auto; max-height: 32rem; white-space: pre-wrap; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: .2rem; }
.title { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; margin-bottom: .6rem; }
.status { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .82rem; font-weight: 600; white-space: nowrap; color: var(--quiet); background: var(--quiet-back); }
.good { color: var(--good); background: var(--good-back); }
.bad { color: var(--bad); background: var(--bad-back); }
.doubtful { color: var(--doubtful); background: var(--doubtful-back); }
.busy { color: var(--busy); background: var(--busy-back); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; min-width: 0; white-space: pre-wrap; unicode-bidi: isolate; }
.share { display: flex; height: .55rem; border-radius: .3rem; overflow: hidden; background: var(--quiet-back); margin: .7rem 0 0; }
.share > span { display: block; border-right: 1px solid var(--card); }
.share > .good { background: var(--good); } .share > .bad { background: var(--bad); }
.share > .doubtful { background: var(--doubtful); } .share > .busy { background: var(--busy); }
.share > .quiet { background: var(--quiet-back); }
.next li { margin: .4rem 0; } .next { margin: 0; padding-left: 1.3rem; }
.next pre { user-select: all; }
.lane { display: grid; grid-template-columns: minmax(8rem, 22rem) 1fr; gap: .1rem .8rem; align-items: center; padding: .1rem 0; }
.lane > .call { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.track { position: relative; height: 1.1rem; background: linear-gradient(90deg, var(--line) 1px, transparent 1px) 0 0 / 25% var(--code); border-radius: .25rem; overflow: hidden; }
.axis { position: relative; height: 1.3rem; color: var(--soft); font-size: .78rem; font-variant-numeric: tabular-nums; }
.axis > span { position: absolute; left: 0; padding: 0 .25rem; white-space: nowrap; background: var(--card); }
.axis > :nth-child(2) { left: 25%; } .axis > :nth-child(3) { left: 50%; } .axis > :nth-child(4) { left: 75%; }
.axis > :last-child { left: auto; right: 0; }
.bar { position: absolute; top: .15rem; bottom: .15rem; min-width: 3px; border-radius: 2px; background: var(--good); }
.bar.bad { top: 0; bottom: 0; background: var(--bad); } .bar.doubtful { background: repeating-linear-gradient(45deg, var(--doubtful) 0 4px, transparent 4px 7px); }
.bar.busy { background: var(--busy); } .bar.undo { border-bottom: 3px solid var(--text); }
.cut { position: absolute; top: 0; bottom: 0; border-left: 1px dashed var(--soft); border-right: 1px dashed var(--soft); }
.legend { color: var(--soft); font-size: .86rem; }
.tree, .tree ol { list-style: none; margin: 0; padding: 0; }
.tree ol { margin-left: .55rem; padding-left: .75rem; border-left: 2px solid var(--line); }
.tree li { padding: .12rem 0; }
.row { display: grid; grid-template-columns: 1fr max-content; gap: 0 .8rem; align-items: baseline; }
summary { cursor: pointer; }
summary .row { display: inline-grid; width: calc(100% - 1.4rem); vertical-align: top; }
.row .call { overflow-wrap: anywhere; min-width: 0; }
.id { color: var(--soft); margin-right: .5rem; }
.took { grid-column: 1 / -1; color: var(--soft); font-size: .86rem; overflow-wrap: anywhere; }
.inside { margin: .2rem 0 .6rem 1rem; }
.inside ul { margin: .2rem 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
.group { padding-left: 1.15rem; }
.gap { color: var(--soft); font-style: italic; padding: .3rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th { text-align: left; color: var(--soft); font-weight: 600; }
th, td { padding: .15rem .7rem .15rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
td:last-child { overflow-wrap: anywhere; min-width: 14rem; unicode-bidi: isolate; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
footer { color: var(--soft); font-size: .86rem; }
@media (max-width: 40rem) {
  body { padding: .5rem; }
  section, header { padding: .7rem .75rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dt { margin-top: .35rem; font-size: .86rem; }
  .lane { grid-template-columns: 1fr; }
  .axis > :nth-child(-n+4):not(:first-child) { display: none; }
  .tree ol { margin-left: .2rem; padding-left: .4rem; }
  .inside { margin-left: .2rem; }
  .day, thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: 0 .7rem; padding: .2rem 0; border-bottom: 1px solid var(--line); }
  td { padding: 0; border: 0; }
  td:last-child { flex-basis: 100%; min-width: 0; }
}
@media print { body { max-width: none; } section, header { break-inside: avoid-page; } }
`;
