/** How the reference looks and what moves in it. Both stand in the page itself; its security policy allows nothing else. */

export const style = `
:root { color-scheme: light dark; --ink: #1c2128; --soft: #59636e; --paper: #fff; --panel: #f4f6f8; --line: #d8dee4; --link: #0550ae; --mark: #0a7a4b }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa5b1; --paper: #0e1116; --panel: #171c23; --line: #2d353f; --link: #79b8ff; --mark: #56d399 } }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); display: grid; grid-template-columns: 17rem minmax(0, 1fr) }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
code, pre { font: 0.86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem; border-right: 1px solid var(--line); background: var(--panel) }
nav h2 { font-size: 0.75rem; text-transform: uppercase; letter-spacing: 0.06em; color: var(--soft); margin: 1.2rem 0 0.2rem }
nav ul { list-style: none; margin: 0; padding: 0; font-size: 0.9rem } nav li a { display: block; padding: 0.12rem 0; overflow-wrap: anywhere }
nav input { width: 100%; padding: 0.5rem 0.6rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px }
nav summary { cursor: pointer; font-weight: 600; margin-top: 0.8rem }
main { padding: 1.5rem clamp(1rem, 4vw, 3rem) 6rem; max-width: 62rem }
h1 { margin: 0 0 0.5rem; font-size: 1.7rem } main h2 { margin: 3rem 0 0.5rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--line) }
article { margin: 2.2rem 0 } article h3 { margin: 0 0 0.3rem; font: 600 1.15rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
article h4 { margin: 1rem 0 0.3rem; font-size: 0.85rem; color: var(--soft) }
.facts { color: var(--soft); font-size: 0.87rem; margin: 0.2rem 0 } .needed { color: var(--mark) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: 0.9rem }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.8rem 0.35rem 0; border-bottom: 1px solid var(--line) } th { color: var(--soft); font-weight: 600 }
.code { position: relative; margin: 0.4rem 0 } pre { margin: 0; padding: 0.8rem 1rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 8px }
.code button { position: absolute; top: 0.4rem; right: 0.4rem; font: 0.75rem system-ui, sans-serif; padding: 0.2rem 0.55rem; color: var(--soft); background: var(--paper); border: 1px solid var(--line); border-radius: 5px; cursor: pointer }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px } :target { scroll-margin-top: 1rem } article:target > h3 { color: var(--mark) }
[hidden] { display: none !important }
@media (max-width: 50rem) { body { display: block } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line) } }
@media print { nav, .code button { display: none } body { display: block } }
`

export const script = `
const search = document.querySelector('input[type=search]')
const entries = [...document.querySelectorAll('[data-words]')].map((entry) => [entry, entry.dataset.words.toLowerCase()])
const sections = [...document.querySelectorAll('section, nav li, nav div')]
const nothing = document.getElementById('nothing')
function seek() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  let found = 0
  for (const [entry, text] of entries) {
    entry.hidden = !words.every((word) => text.includes(word))
    if (!entry.hidden && entry.matches('article')) found++
  }
  for (const section of sections)
    if (section.querySelector('[data-words]')) section.hidden = !section.querySelector('[data-words]:not([hidden])')
  nothing.hidden = found > 0
}
search.addEventListener('input', seek)
if (matchMedia('(max-width: 50rem)').matches) document.querySelector('nav details').open = false
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== search) { event.preventDefault(); search.focus() }
  if (event.key === 'Escape' && document.activeElement === search) { search.value = ''; seek() }
})
for (const pre of document.querySelectorAll('.code pre')) {
  if (location.protocol.startsWith('http')) pre.textContent = pre.textContent.replaceAll('http://127.0.0.1:8080', location.origin)
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = 'Copy'
  button.addEventListener('click', async () => {
    try { await navigator.clipboard.writeText(pre.textContent) } catch {
      getSelection().selectAllChildren(pre)
      document.execCommand('copy')
    }
    button.textContent = 'Copied'
    setTimeout(() => { button.textContent = 'Copy' }, 1500)
  })
  pre.after(button)
}
`
