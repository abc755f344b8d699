/**
 * How the console looks, and the little that moves in it. Everything works without the script: it only says instants in
 * the viewer's zone and keeps a form from being sent twice.
 */

export const style = `
:root { color-scheme: light dark; --ink: #1c2128; --soft: #59636e; --paper: #fff; --panel: #f4f6f8; --line: #d8dee4; --link: #0550ae; --good: #0a6b41; --watch: #8a4b00; --bad: #a4262c; --shade: #e8edf2; --good-fill: #1a9c63; --watch-fill: #e0a03c; --bad-fill: #d0545a; --over-fill: #b3bdc7 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa5b1; --paper: #0e1116; --panel: #171c23; --line: #2d353f; --link: #79b8ff; --good: #56d399; --watch: #e3b341; --bad: #ff9492; --shade: #222a33; --good-fill: #2e9d6a; --watch-fill: #b8862c; --bad-fill: #c2555b; --over-fill: #56616d } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); min-height: 100vh }
body.within { display: grid; grid: auto 1fr auto / 12rem minmax(0, 1fr); grid-template-areas: 'top top' 'around main' 'around foot' }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
p a, dd a, td a, main li a { text-decoration: underline; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); text-underline-offset: 0.15em }
code, pre, .id { font: 0.9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px } main:focus { outline: none }
[hidden] { display: none !important }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: 0.5rem; top: -4rem; z-index: 2; padding: 0.4rem 0.8rem; background: var(--paper); border: 1px solid var(--line) } .skip:focus { top: 0.5rem }
.top { grid-area: top; display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 1.25rem; padding: 0.55rem 1.25rem; background: var(--panel); border-bottom: 1px solid var(--line) }
.top p { margin: 0 } .brand { font-weight: 700; font-size: 1.1rem } .top .brand a { color: inherit; text-decoration: none } .whose { color: var(--soft); overflow-wrap: anywhere }
.find { display: flex; gap: 0.4rem; flex: 1 1 14rem; max-width: 30rem } .find input { flex: 1; min-width: 0 }
.leave { display: flex; align-items: center; gap: 0.75rem; margin-left: auto } .key { color: var(--soft); font-size: 0.9rem; overflow-wrap: anywhere }
.around { grid-area: around; border-right: 1px solid var(--line); padding: 1rem 0.6rem } .around ul { list-style: none; margin: 0; padding: 0; position: sticky; top: 1rem }
.around a { display: block; padding: 0.35rem 0.7rem; border-radius: 6px; color: var(--ink) } .around a:hover { background: var(--panel); text-decoration: none } .around [aria-current] { background: var(--shade); font-weight: 600 }
main { grid-area: main; padding: 1.25rem clamp(0.9rem, 3vw, 2.25rem) 2.5rem; max-width: 82rem; width: 100% }
footer { grid-area: foot; padding: 0.75rem clamp(0.9rem, 3vw, 2.25rem); color: var(--soft); font-size: 0.85rem; border-top: 1px solid var(--line) } footer p { margin: 0 }
.outside main { max-width: 26rem; margin: 10vh auto 0 }
.heading { min-height: 2.4rem; display: flex; flex-wrap: wrap; align-items: flex-end; justify-content: space-between; gap: 0.5rem 1.5rem; margin-bottom: 1rem }
.above { margin: 0; font-size: 0.9rem; color: var(--soft) } .beside, .doing { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center }
h1 { margin: 0; font-size: 1.55rem; line-height: 1.25; overflow-wrap: anywhere } h2 { margin: 2rem 0 0.6rem; font-size: 1.15rem } h3 { margin: 1.4rem 0 0.4rem; font-size: 1rem; overflow-wrap: anywhere }
h2 small, h3 small { font-weight: 400; color: var(--soft); font-size: 0.9rem }
section > h2:first-child { margin-top: 2rem }
.wide { overflow-x: auto; position: relative } table { border-collapse: collapse; width: 100%; font-size: 0.93rem }
th, td { text-align: left; vertical-align: top; padding: 0.42rem 1.1rem 0.42rem 0; border-bottom: 1px solid var(--line) } th:last-child, td:last-child { padding-right: 0.2rem }
thead th { color: var(--soft); font-weight: 600; font-size: 0.85rem; white-space: nowrap } tbody th { font-weight: 500; overflow-wrap: anywhere; min-width: 6rem } td { overflow-wrap: anywhere } td:not(.number) { min-width: 5.6rem } tbody tr:hover { background: var(--panel) }
.number { text-align: right; font-variant-numeric: tabular-nums } time { font-variant-numeric: tabular-nums; white-space: nowrap }
.none { color: var(--soft) }
.state { white-space: nowrap } .state::before { content: ''; display: inline-block; width: 0.55em; height: 0.55em; border-radius: 50%; margin-right: 0.4em; background: var(--over-fill) }
.good { color: var(--good) } .watch { color: var(--watch) } .bad { color: var(--bad) } .over { color: var(--soft) }
.state.good::before { background: var(--good-fill) } .state.watch::before { background: var(--watch-fill) } .state.bad::before { background: var(--bad-fill) }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(12rem, 45%), 1fr)); gap: 0.6rem 1.5rem; margin: 0.5rem 0 } .facts dt { color: var(--soft); font-size: 0.85rem } .facts dd { margin: 0; overflow-wrap: anywhere }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); gap: 0.75rem; list-style: none; margin: 0; padding: 0 } .tiles li { border: 1px solid var(--line); border-radius: 8px; padding: 0.7rem 0.9rem } .tiles a { text-decoration: none; color: inherit; display: block } .tiles strong { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums } .tiles span { color: var(--soft) }
.card { border: 1px solid var(--line); border-radius: 8px; padding: 0.9rem 1.1rem; margin: 0.9rem 0 } .card > :first-child { margin-top: 0 } .card > :last-child { margin-bottom: 0 }
.title { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.9rem } .title h3 { margin: 0 }
.story { margin: 0.4rem 0; padding-left: 1.2rem } .story li { margin: 0.15rem 0; overflow-wrap: anywhere }
.told { border-left: 4px solid var(--over-fill); background: var(--panel); padding: 0.6rem 0.9rem; margin: 0 0 1rem; overflow-wrap: anywhere } .told.good { border-color: var(--good-fill) } .told.bad { border-color: var(--bad-fill) } .told.watch { border-color: var(--watch-fill) } .told p { margin: 0.2rem 0 } .told.good, .told.bad, .told.watch { color: var(--ink) }
.pager { display: flex; justify-content: space-between; gap: 1rem; margin: 0.8rem 0 } .pager [rel=next] { margin-left: auto }
input, select, textarea, button, .button { font: inherit; color: inherit; background: var(--paper); border: 1px solid color-mix(in srgb, var(--ink) 45%, transparent); border-radius: 6px; padding: 0.32rem 0.6rem; max-width: 100% }
button, .button { cursor: pointer; background: var(--panel); display: inline-block; line-height: 1.5 } button:hover, .button:hover { background: var(--shade); text-decoration: none } .button { color: var(--ink); text-decoration: none }
button.main, .button.main { background: var(--link); border-color: var(--link); color: var(--paper); font-weight: 600 } button.risky { border-color: var(--bad-fill); color: var(--bad) } button.plain { background: none }
.field { margin: 0 0 0.9rem; max-width: 34rem } .field label, legend { display: block; font-weight: 600; margin-bottom: 0.15rem; padding: 0 } .field input:not([type=checkbox], [type=radio]), .field select, .field textarea { width: 100% } .hint, .problem { margin: 0.15rem 0 0; font-size: 0.88rem } .hint { color: var(--soft) } .problem { color: var(--bad) } fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 0 0 0.9rem; padding: 0.6rem 0.9rem; min-width: 0 }
.sift { display: flex; flex-wrap: wrap; align-items: end; gap: 0.6rem 0.9rem; margin: 0 0 1rem } .sift .field { margin: 0; flex: 0 1 15rem }
pre { margin: 0; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem 0.8rem; white-space: pre-wrap }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 0 1.5rem; max-width: 70rem; align-items: start } [aria-invalid] { border-color: var(--bad) }
.field .box { font-weight: 400; margin: 0 } .field .box input { margin-right: 0.3rem }
details > summary { cursor: pointer }
@media (max-width: 56rem) { body.within { display: block } .around { border-right: 0; border-bottom: 1px solid var(--line); padding: 0.4rem 0.6rem } .around ul { position: static; display: flex; flex-wrap: wrap } .around a { padding: 0.3rem 0.55rem } .leave { margin-left: 0 } }
@media print { .top form, .around, .skip, .beside, .doing, footer { display: none } body.within { display: block } }
@media (prefers-reduced-motion: no-preference) { .skip { transition: top 0.1s } }
`

export const script = `
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const local = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
for (const time of document.querySelectorAll('time[datetime]')) {
  const at = new Date(time.dateTime)
  if (Number.isNaN(at.getTime())) continue
  const part = Object.fromEntries(local.formatToParts(at).map(({ type, value }) => [type, value]))
  const day = part.year + '-' + part.month + '-' + part.day
  const clock = part.hour + ':' + part.minute
  time.title = time.dateTime.slice(0, 19).replace('T', ' ') + ' UTC'
  time.textContent = { day, second: day + ' ' + clock + ':' + part.second }[time.dataset.shows] ?? day + ' ' + clock
}
const told = document.querySelector('[data-zone]')
if (told) told.textContent = 'Times are in ' + zone + '; hover for UTC.'
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.method !== 'post') return
  if (form.dataset.sent) { event.preventDefault(); return }
  form.dataset.sent = 'yes'
})
const here = new URL(location.href)
if (here.searchParams.has('did')) {
  here.searchParams.delete('did')
  history.replaceState(null, '', here)
}
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})
`

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0550ae"/><path d="M7 12h8v4H7zm10 0h8v4h-8z" fill="#fff"/><path d="M7 20h18" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/></svg>`
