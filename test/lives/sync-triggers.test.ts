import { describeEachPostgres } from '../support/databases.ts'
import { type Event, triggerSentences } from './sentences/triggers.ts'

const words = {
  makes: (name: string, does: readonly string[], events: readonly Event[] = ['INSERT', 'UPDATE']) => [
    `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does.join(' ')} RETURN NEW; END $$`,
    `CREATE TRIGGER ${name} BEFORE ${events.join(' OR ')} ON people FOR EACH ROW EXECUTE FUNCTION ${name}()`,
  ],
  drops: (name: string) => [`DROP FUNCTION ${name} CASCADE`],
  set: (column: string, value: string) => `NEW.${column} := ${value};`,
  refuse: (when: string) =>
    `IF ${when} THEN RAISE EXCEPTION 'nobody owns it' USING ERRCODE = 'P0042'; END IF;`,
  refused: 'P0042',
  duplicate: '23505',
  conflict: '23514',
  sync: `SELECT tgname FROM pg_trigger WHERE tgname LIKE 'zz_plan_sync%'`,
  behind: {
    makes: [
      `CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.mail := upper(NEW.mail); RETURN NEW; END'`,
      'CREATE TRIGGER zzz BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION late()',
    ],
    says: /no BEFORE trigger has a name that sorts behind zz_plan_sync_people_\w+, or before !!_plan_sync_people/,
  },
}

describeEachPostgres('triggers of others', (server) => triggerSentences(server, words))
