/** How drawings look, in the colours of the pages, light and dark. Kinds differ by pattern too, never by colour alone. */
export const drawingStyle = `
.drawing { margin: 0.6rem 0 1rem; max-width: 60rem } .drawing svg { display: block; overflow: hidden } .drawing text { font-size: 12px; fill: var(--ink) }
.drawing .axis { stroke: var(--soft) } .drawing .tick { stroke: var(--line) } .drawing .date { font-size: 11px; fill: var(--soft) } .drawing .present { font-weight: 700; fill: var(--ink); text-decoration: underline }
.drawing .band { stroke: var(--soft); stroke-width: 0.5 } .ink-window { fill: var(--link); opacity: 0.6 } .ink-suspended { fill: var(--bad-fill); opacity: 0.75 } .ink-grace { fill: var(--watch-fill) } .ink-lapse { fill: var(--soft) }
.drawing .term { fill: var(--good-fill) } .drawing .in-force { stroke: var(--ink); stroke-width: 1.5 } .drawing .unused { fill: none; stroke: var(--soft); stroke-dasharray: 3 2 }
.drawing .now { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 2 } .drawing .now-label { font-weight: 700 } .drawing .end { stroke: var(--bad); stroke-width: 2 }
.drawing .running { fill: var(--good-fill) } .drawing .lapsing { stroke: var(--bad-fill) } .ink-lapsing { fill: var(--bad-fill) } .drawing .count { font-size: 11px; font-variant-numeric: tabular-nums }
.drawing .order { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round }
.words { margin: 0.4rem 0; font-size: 0.93rem } .words table { width: auto } .words li { overflow-wrap: anywhere }
`
