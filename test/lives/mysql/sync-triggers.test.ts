import { describeEachMysql } from '../../support/databases.ts'
import { type Event, triggerSentences } from '../sentences/triggers.ts'

const EVENTS: readonly Event[] = ['INSERT', 'UPDATE']
const nameOf = (name: string, event: Event) => `${name}_${event.slice(0, 3).toLowerCase()}`

const words = {
  makes: (
    name: string,
    does: readonly string[],
    events: readonly Event[] = EVENTS,
    order?: (event: Event, sync: string) => string,
  ) =>
    events.map(
      (event) =>
        `CREATE TRIGGER ${nameOf(name, event)} BEFORE ${event} ON people FOR EACH ROW ${order?.(event, '') ?? ''} BEGIN ${does.join(' ')} END`,
    ),
  drops: (name: string, events: readonly Event[] = EVENTS) =>
    events.map((event) => `DROP TRIGGER ${nameOf(name, event)}`),
  set: (column: string, value: string) => `SET NEW.${column} = ${value};`,
  refuse: (when: string) =>
    `IF ${when} THEN SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 3999, MESSAGE_TEXT = 'nobody owns it'; END IF;`,
  refused: '3999',
  duplicate: '1062',
  conflict: '1644',
  sync: `SELECT left(TRIGGER_NAME, length(TRIGGER_NAME) - 4) FROM information_schema.TRIGGERS
    WHERE EVENT_OBJECT_SCHEMA = database() AND TRIGGER_NAME LIKE 'zz\\_plan\\_sync%ins'`,
  behind: {
    makes: ['CREATE TRIGGER late BEFORE INSERT ON people FOR EACH ROW SET NEW.mail = upper(NEW.mail)'],
    says: /no BEFORE INSERT trigger runs after (zz_plan_sync_people_\w+_ins) .*with PRECEDES \1/,
  },
}

describeEachMysql('triggers of others', (server) => triggerSentences(server, words))
