/** The page's own style: light and dark, on paper too. Contrast is 4.5 to 1 or more in both. */
export const reportStyle = `
:root { --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --ok: #1a7f37; --bad: #b91c1c; --unsure: #8a5a00;
  --bar: #8cb4e8; --latency: #b35900; --fault: rgba(185, 28, 28, .13); --primary: #a8d5b5; --lonely: #f2d08a; --standby: #dfe7f1; --silent: #f3f4f6; --down: #f0b3b3; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9aa4af; --line: #30363d; --ok: #56d364; --bad: #ff8a80; --unsure: #e3b341;
    --bar: #2f5d94; --latency: #f0a45c; --fault: rgba(255, 138, 128, .18); --primary: #1f5c33; --lonely: #6b4f10; --standby: #24303f; --silent: #161b22; --down: #7a2626; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0 0 .5rem; font-size: 1.7rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
.kicker, .note { color: var(--soft); font-size: .875rem; } .failure { color: var(--bad); }
.verdict { font-size: 1.3rem; font-weight: 600; }
.is-ok strong, .verdict.is-ok { color: var(--ok); } .is-violated strong, .verdict.is-violated { color: var(--bad); }
.is-unknown strong, .verdict.is-unknown { color: var(--unsure); }
table { border-collapse: collapse; font-size: .875rem; } th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .wide { overflow-x: auto; }
.findings { list-style: none; padding: 0; } .findings > li { border-bottom: 1px solid var(--line); } .findings p { margin: .5rem 0; }
.chart { width: 100%; height: auto; } .chart text { fill: var(--ink); font-size: 11px; } .chart text.note { fill: var(--soft); font-size: 10px; }
.bar { fill: var(--bar); } .latency { fill: none; stroke: var(--latency); stroke-width: 1.2; } .grid { stroke: var(--line); stroke-width: .5; }
.gap { stroke: var(--bad); stroke-width: 2; } .fault { fill: var(--fault); }
.is-primary, .is-healthy { fill: var(--primary); } .is-lonely-primary, .is-degraded { fill: var(--lonely); } .is-standby { fill: var(--standby); }
.is-silent { fill: var(--silent); } .is-down { fill: var(--down); }
@media print { main { max-width: none; } details { break-inside: avoid; } }
`
