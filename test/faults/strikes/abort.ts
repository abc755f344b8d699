/** PostgreSQL refuses a statement in the middle of a transaction, so that COMMIT is answered with ROLLBACK. */
import { waitUntil } from '../chance.ts'
import type { Fault } from '../fault.ts'

const sql = [
  'create sequence refused_statement',
  `create function refuse_statement() returns trigger language plpgsql as $$
    begin
      if random() < 0.15 then
        perform nextval('refused_statement');
        raise exception 'refused by chance' using errcode = 'serialization_failure';
      end if;
      return null;
    end $$`,
  'create trigger refused before insert on event for each statement execute function refuse_statement()',
]

export const abort: Fault = {
  name: 'abort',
  does: 'PostgreSQL refuses a statement by chance (40001), after which it answers COMMIT with ROLLBACK',
  scene: { sql },
  async strike({ scene }) {
    const before = await refusals(scene.postgres)
    await waitUntil('a statement to be refused', async () => (await refusals(scene.postgres)) > before)
  },
}

async function refusals(postgres: { query: <Row extends object>(text: string) => Promise<Row[]> }) {
  const [row] = await postgres.query<{ count: number }>(
    'select case when is_called then last_value::int else 0 end as count from refused_statement',
  )
  return row?.count ?? 0
}
