/**
 * Importing a file of customers or licences. The first button only tells what would happen; the page that tells it has
 * the button that does it, and carries the file along where it is small enough for a page.
 */
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { html } from 'hono/html'
import { Fault } from '../../faults.ts'
import { limits } from '../../limits.ts'
import type { ImportOutcome, ImportUpload, Route, Visit } from '../door.ts'
import { links } from '../links.ts'
import { pageHeaders } from '../page.ts'
import { type Content, choice, count, counted, csrfField, facts, may, table } from '../parts.ts'
import type { PageAnswer } from '../request.ts'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

type Kind = ImportUpload['kind']

/** What of a small file a page carries along, in characters. */
const keptCharacters = 60_000
const omittedTold = 100

/** What a file asks for, and how. */
interface Asked {
  readonly kind: Kind
  readonly overwriteExisting: boolean
  readonly resumeOnError: boolean
}

const look: Route = {
  verb: 'GET',
  path: links.import,
  show(visit) {
    if (!may(visit.session, 'createCustomer')) throw new Fault('forbidden', { scope: 'orders or licenses' })
    return visit.page({ ...parts, body: body(visit) })
  },
}

const send: Route = {
  verb: 'POST',
  path: links.import,
  most: limits.consoleFileBytes,
  async show(visit) {
    const { form } = visit
    const asked: Asked = {
      kind: form.get('kind') === 'licenses' ? 'licenses' : 'customers',
      overwriteExisting: form.has('overwriteExisting'),
      resumeOnError: form.has('resumeOnError'),
    }
    const file = await fileOf(visit)
    if (!file)
      return visit.page(
        { ...parts, body: body(visit, asked, told('bad', 'Choose a file, or paste its rows.')) },
        400,
      )
    const dryRun = form.get('run') !== 'import'
    try {
      const outcome = await visit.house.importFile({
        kind: asked.kind,
        file,
        options: { ...asked, dryRun },
        caller: visit.session.caller,
        requestId: visit.request.requestId,
      })
      return dryRun ? await rehearsed(visit, asked, file, outcome) : done(visit, asked, outcome)
    } catch (error) {
      if (!(error instanceof Fault) || error.reason === 'forbidden') throw error
      const { issues = [] } = error.data as { issues?: { path: string; message: string }[] }
      const words = [error.message, ...issues.map(({ path, message }) => `${path} ${message}`)]
      return visit.page({ ...parts, body: body(visit, asked, told('bad', ...words)) }, error.status)
    }
  },
}

const template: Route = {
  verb: 'GET',
  path: `${links.import}/:file{(?:customers|licenses)\\.csv}`,
  show({ request, house }) {
    const file = request.part('file')
    const kind: Kind = file === 'licenses.csv' ? 'licenses' : 'customers'
    const disposition = `attachment; filename="${kind}.csv"`
    const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': disposition }
    return { status: 200, headers: { ...pageHeaders, ...headers }, body: house.importTemplate(kind) }
  },
}

export const importPages: readonly Route[] = [look, send, template]

const parts = { title: 'Import', here: 'import' } as const

function told(mood: 'good' | 'bad' | 'watch', ...lines: Content[]): Content {
  return html`<div class="told ${mood}" role="alert">${lines.map((line) => html`<p>${line}</p>`)}</div>`
}

/** The chosen file, what was pasted, or what the page before has carried along. */
async function fileOf({ form, file }: Visit): Promise<Uint8Array | undefined> {
  if (file) return file.bytes
  const pasted = form.get('rows')
  if (pasted) return Buffer.from(pasted)
  const kept = form.get('kept')
  if (!kept) return undefined
  const most = { maxOutputLength: limits.consoleFileBytes }
  return inflate(Buffer.from(kept, 'base64url'), most).catch(() => {
    throw new Fault(
      'invalid_request',
      {},
      { message: 'The file that this page carried is not readable any more.' },
    )
  })
}

function body({ session }: Visit, asked?: Asked, before?: Content): Content {
  const mayLicenses = may(session, 'createLicense')
  const kinds: [string, string][] = [
    ['customers', 'Customers, added or updated by number'],
    ...(mayLicenses ? [['licenses', 'Licences, added by edition'] as [string, string]] : []),
  ]
  return html`${before}<form method="post" action="${links.import}" enctype="multipart/form-data">${csrfField(session)}
${choice({ name: 'kind', label: 'What the file has', value: asked?.kind, choices: kinds })}
<div class="field"><label for="file">CSV file</label><input id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv" aria-describedby="file-hint">
<p class="hint" id="file-hint">With a header line; commas, semicolons or tabs; at most ${count(limits.consoleFileBytes / 1024 / 1024)} MB.</p></div>
<div class="field"><label for="rows">Or its rows</label><textarea id="rows" name="rows" rows="4"></textarea></div>
${optionFields(asked)}
<button class="main" name="run" value="try">Try, change nothing</button></form>
<p class="hint">Files to begin with: <a href="${links.import}/customers.csv">customers.csv</a>${mayLicenses ? html`, <a href="${links.import}/licenses.csv">licenses.csv</a>` : ''}.</p>`
}

function optionFields(asked?: Asked): Content {
  const box = (name: 'overwriteExisting' | 'resumeOnError', label: string): Content =>
    html`<div class="field"><label><input type="checkbox" name="${name}" value="yes"${asked?.[name] ? html` checked` : ''}> ${label}</label></div>`
  return html`${box('overwriteExisting', 'Update customers that are there and differ')}
${box('resumeOnError', 'Go on behind a row that cannot be taken')}`
}

/** What the run would do, and the button that does it. */
async function rehearsed(
  visit: Visit,
  asked: Asked,
  file: Uint8Array,
  outcome: ImportOutcome,
): Promise<PageAnswer> {
  const { session } = visit
  const kept = (await deflate(file)).toString('base64url')
  const isKept = kept.length <= keptCharacters
  const doing = outcome.imported + outcome.updated
  const again = html`<div class="field"><label for="again">The same file again</label>
<input id="again" name="file" type="file" required aria-describedby="again-hint"><p class="hint" id="again-hint">It is too large for this page to carry it.</p></div>`
  const confirm = html`<form method="post" action="${links.import}" enctype="multipart/form-data">${csrfField(session)}
<input type="hidden" name="kind" value="${asked.kind}">${asked.overwriteExisting ? html`<input type="hidden" name="overwriteExisting" value="yes">` : ''}
${asked.resumeOnError ? html`<input type="hidden" name="resumeOnError" value="yes">` : ''}
${isKept ? html`<input type="hidden" name="kept" value="${kept}">` : again}
<p class="doing"><button class="main" name="run" value="import">Import ${counted(doing, 'row')}</button> <a href="${links.import}">Leave it</a></p></form>`
  return visit.page({
    ...parts,
    title: 'What the import would do',
    body: html`${told('watch', 'Nothing has been changed yet.')}${summary(outcome, 'Would be')}
${doing > 0 ? confirm : html`<p>There is nothing to do. <a href="${links.import}">Another file</a></p>`}${omitted(outcome, asked)}`,
  })
}

function done(visit: Visit, asked: Asked, outcome: ImportOutcome): PageAnswer {
  const mood = outcome.omitted.length === 0 ? 'good' : 'watch'
  const to = asked.kind === 'customers' ? links.customers() : links.licenses()
  return visit.page({
    ...parts,
    title: 'Imported',
    body: html`${told(mood, `${counted(outcome.imported + outcome.updated, 'row')} imported.`)}${summary(outcome, 'Were')}
<p><a href="${to}">See them</a> · <a href="${links.import}">Another file</a></p>${omitted(outcome, asked)}`,
  })
}

function summary({ total, imported, updated, skipped, omitted }: ImportOutcome, verb: string): Content {
  return facts([
    ['Rows read', count(total)],
    [`${verb} added`, count(imported)],
    [`${verb} updated`, count(updated)],
    ['The same already', count(skipped)],
    ['Left out', count(omitted.length)],
  ])
}

function omitted({ omitted }: ImportOutcome, { resumeOnError }: Asked): Content {
  if (omitted.length === 0) return null
  return html`<section><h2>Left out</h2>${resumeOnError ? '' : html`<p>The import stops at the first row that cannot be taken; what stands behind it was not read.</p>`}
${table<ImportOutcome['omitted'][number]>({
  caption: 'Rows that cannot be taken',
  rows: omitted.slice(0, omittedTold),
  none: '',
  columns: [
    { title: 'Line', isNumber: true, isName: true, cell: ({ line }) => count(line) },
    { title: 'Why', cell: ({ errors }) => errors.map(({ message }) => html`<div>${message}</div>`) },
  ],
})}${omitted.length > omittedTold ? html`<p class="hint">And ${count(omitted.length - omittedTold)} more.</p>` : ''}</section>`
}
