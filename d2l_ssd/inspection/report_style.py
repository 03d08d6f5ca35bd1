"""How a report looks: light and dark, on a screen or a phone."""

STYLE = """\
:root {
  color-scheme: light dark;
  --ground: #fff; --card: #f6f7f9; --text: #1c2430; --soft: #5b6675;
  --line: #d9dee5; --bar: #3b76b5; --mark: #b4530a; --odd: #e0007a;
  --box: #19c3ff; --problem: #a4161a; --problem-ground: #fdecec;
  --remark: #1d4e7a; --remark-ground: #e9f2fb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181e; --card: #1d232b; --text: #e6eaf0; --soft: #9fabba;
    --line: #36404c; --bar: #6aa7e8; --mark: #f2a65a;
    --problem: #ffb3b3; --problem-ground: #4a1d20;
    --remark: #b5d6f5; --remark-ground: #1c3347;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.2rem; max-width: 72rem; background: var(--ground);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.5rem; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 0 0 .2rem; }
p { margin: .3rem 0; max-width: 46rem; }
.soft, figcaption, .legend { color: var(--soft); font-size: .875rem; }
section { margin: 1.6rem 0; }
nav ul { padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .4rem; }
nav a, .badge {
  display: inline-block; border-radius: 1rem; padding: .1rem .7rem;
  font-size: .875rem; text-decoration: none;
}
.problem { color: var(--problem); background: var(--problem-ground); }
.remark { color: var(--remark); background: var(--remark-ground); }
.grid {
  display: grid; gap: .8rem; margin: .6rem 0;
  grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr));
}
.charts { grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
figure { margin: 0; padding: .5rem; background: var(--card); border-radius: .4rem; }
figcaption { margin-top: .3rem; }
figcaption b { color: var(--text); font-weight: 600; }
svg.photo {
  display: block; width: 100%; max-height: 18rem; margin-bottom: .3rem;
}
svg.photo rect { fill: none; vector-effect: non-scaling-stroke; }
svg.photo .outside { fill: var(--line); }
svg.photo .box { stroke: var(--box); stroke-width: 1.2px; }
svg.photo .odd { stroke: var(--odd); stroke-width: 2.5px; }
svg.chart { display: block; width: 100%; }
.chart .bar { fill: var(--bar); }
.chart .mark { fill: var(--mark); }
.chart .axis { stroke: var(--soft); }
.chart .grid { stroke: var(--line); }
.chart text { fill: var(--text); font: 12px system-ui, sans-serif; }
.chart .tick { fill: var(--soft); font-size: 10px; }
.chart .title { font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .7rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { font-weight: 600; white-space: nowrap; }
td { white-space: nowrap; overflow-wrap: normal; }
td:first-child { white-space: normal; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--soft); }
ul.files { padding-left: 1.1rem; font-size: .875rem; }
code { font-size: .9em; white-space: nowrap; }
"""
