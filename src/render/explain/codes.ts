import type { Code } from '../../errors.ts'

/** An error explained: its cause, what the tool did, and how to fix it. */
type CodeWords = { readonly cause: string; readonly did: string; readonly fix: string }

const NOTHING = 'Nothing was changed.'
const KEPT = 'It stopped at this step. What was done before is kept, and the ledger knows it.'
const ROLLED_BACK = 'The transaction of the step was rolled back. What was done before is kept.'

/** Every code has its words: an error that cannot be explained is no help. */
export const CODE_WORDS: Readonly<Record<Code, CodeWords>> = {
  PLAN_INTERNAL: {
    cause: 'The tool met a state that it does not know. This is a fault of the tool, not of the plan.',
    did: KEPT,
    fix: 'Run the command again with --verbose and report what it says. Running it again is safe: the ledger knows what was done.',
  },
  PLAN_DATABASE: {
    cause:
      'The server refused a statement with an error that the tool has no rule for. The message holds its number.',
    did: ROLLED_BACK,
    fix: 'Look the number up in the manual of the server, take the cause away, and run plan advance again. Where it comes again, plan rollback brings everything back.',
  },
  PLAN_USAGE: {
    cause: 'The command line names something that is not there, or options that do not go together.',
    did: NOTHING,
    fix: 'Follow the hint. plan COMMAND --help lists what a command takes.',
  },
  PLAN_CONFIG: {
    cause: 'plan.config.yaml, a template, or a variable that the configuration refers to does not fit.',
    did: NOTHING,
    fix: 'Correct the line that the message names. --config takes the path of another file, and --url a database without any.',
  },
  PLAN_INVALID: {
    cause:
      'The plan file is not as the format wants it: an unknown or doubled key, a wrong type, a value out of its bounds.',
    did: 'It read the whole file and named every problem with its line. Nothing was changed.',
    fix: 'Correct the lines. An editor that reads the schema of plan schema shows such problems while you type.',
  },
  PLAN_NOT_BUILT: {
    cause: 'The plan or the command asks for a part of the specification that this version does not do yet.',
    did: NOTHING,
    fix: 'Use what the hint names in its place, or a later version. README lists the intents of this one.',
  },
  PLAN_TABLE_MISSING: {
    cause: 'The plan names a table or collection that the database, or the snapshot, does not have.',
    did: NOTHING,
    fix: 'Correct the name or its schema. A snapshot may be old: plan snapshot --out snapshot.json writes a new one.',
  },
  PLAN_COLUMN_MISSING: {
    cause: 'The plan names a column that its table does not have.',
    did: NOTHING,
    fix: 'Correct the name; the hint has the nearest one. A snapshot may be old: plan snapshot --out snapshot.json writes a new one.',
  },
  PLAN_COLUMN_EXISTS: {
    cause: 'The plan adds a column under a name that the table has already.',
    did: NOTHING,
    fix: 'Choose another name. Where somebody made the very column by hand, plan adopt records it as done.',
  },
  PLAN_UNSUPPORTED: {
    cause:
      'On this table, server or version the change would copy the table, block writers or lose something, and there is no safe way that the tool knows.',
    did: 'It refused at compile time, before anything was begun.',
    fix: 'The hint says what has to change first, or holds the complete command of another tool that can do it.',
  },
  PLAN_EXPRESSION: {
    cause:
      'An expression of the plan cannot be read, names what is not there, has the wrong type, or depends on more than its row.',
    did: NOTHING,
    fix: 'Correct the expression at the line that the message names: it may use the columns of its own row, and nothing of a session, a clock or another table.',
  },
  PLAN_WAITING: {
    cause: 'A checkpoint is not confirmed yet, its soak is not over, or the retired shape is still held.',
    did: 'It ran everything before that point, and stopped in front of it. Exit 3 is no failure.',
    fix: 'Do what the checkpoint says and confirm it (plan confirm), or wait until the time that the message names; then plan advance again.',
  },
  PLAN_INVARIANT: {
    cause:
      'A proof over all rows found some that break a rule: both shapes differ, a reference leads nowhere, or a query of the plan found something.',
    did: 'Nothing was contracted: both shapes are still there and in step. Count and sample keys are in the ledger.',
    fix: 'plan verify names the rows. Repair them, then plan advance again; the proof runs anew. Or plan rollback.',
  },
  PLAN_DEPENDENT: {
    cause:
      'A view, function, foreign key, policy or publication still uses the old shape, or statements still name it; or, going back, something uses the new shape.',
    did: 'Nothing was dropped. The tool never uses CASCADE.',
    fix: 'Move what the message names to the other shape, or drop it, then run the same command again.',
  },
  PLAN_NULL: {
    cause:
      'A column shall be NOT NULL, but rows have no value in it: the fill gave NULL for them, or somebody wrote NULL meanwhile.',
    did: 'The rule was not added: with it every later write of such a row would fail. Both shapes stay in step.',
    fix: 'Give these rows a value in the old or the new shape, then plan advance again. Or plan rollback, and leave out required or make the fill total.',
  },
  PLAN_DUPLICATE: {
    cause: 'Rows share a value, or a set of values, that a unique index or constraint shall allow once.',
    did: 'The index was not kept; what an interrupted build left was dropped. The message has sample keys.',
    fix: 'Make the values unique, then plan advance again. Or plan rollback.',
  },
  PLAN_POISON: {
    cause:
      'The expression of the plan fails for a row: a number in a text that is none, a value that is too long, a document that grows too large.',
    did: 'The row was found by halving its batch and is named by its key. All other batches are kept.',
    fix: 'Repair the row, or make the expression total (unparsed: null, default or keep), then plan advance again. plan throttle --on-error quarantine sets such rows aside; contract waits until none is left.',
  },
  PLAN_TRIGGER: {
    cause:
      'A trigger of the table changes columns that the backfill does not fill, whenever a row is updated.',
    did: 'The batch was rolled back, so no row was changed.',
    fix: 'Let the trigger leave rows alone whose other columns did not change, or disable it for the backfill as the hint shows; then plan advance again.',
  },
  PLAN_PROBE: {
    cause:
      'A probe of the checkpoint does not give what the plan expects: an old version still answers, or the old shape is still used.',
    did: 'The checkpoint was not confirmed, or contract did not begin.',
    fix: 'Make it true, which mostly means: finish the deploy. Then confirm, or advance, again.',
  },
  PLAN_REWRITE: {
    cause:
      'A statement would have written the whole table anew, or copied it, where the program expects a change of the catalogue alone.',
    did: 'It was rolled back, or the server refused it because the statement names the way. No row was changed.',
    fix: 'Take away what the message names, or plan rollback and make this change at a quiet time with a tool that copies tables. Report it where the program should have known.',
  },
  PLAN_CHANGED: {
    cause: 'Plan file, program or trail differ from what the ledger pinned when the plan began.',
    did: NOTHING,
    fix: 'Put the files back as they were (version control has them), or roll back and begin anew. Where nobody changed a file, somebody edited the ledger: plan doctor says who may.',
  },
  PLAN_STALE: {
    cause: 'The compiled files on disk are not what the plan compiles to now.',
    did: NOTHING,
    fix: 'plan compile with the path of the plan file writes them anew. Review the difference before it runs.',
  },
  PLAN_DRIFT: {
    cause:
      'The database is not as the run left it: somebody added, changed or dropped a column, trigger, index or constraint of the plan.',
    did: 'It stopped before the next statement. What was done is kept.',
    fix: 'Find out who changed it, and put it back as the message says; then plan advance again. plan adopt takes over a step that was done by hand.',
  },
  PLAN_LOCKED: {
    cause: 'Another process runs the plan.',
    did: NOTHING,
    fix: 'plan status says who and since when. Leave it to that one. Where it is dead: plan unlock.',
  },
  PLAN_FENCED: {
    cause: 'Another runner has taken the plan over, so this one has an outdated epoch.',
    did: 'Nothing of this attempt was kept: each transaction compares the epoch before it commits.',
    fix: 'plan status shows who runs it now. There is nothing to repair.',
  },
  PLAN_PAUSED: {
    cause:
      'The plan is paused, outside its window, or was throttled (lag, blocked sessions, load) for longer than --max-wait.',
    did: 'It stopped between two batches. What was done is kept.',
    fix: 'plan status says why. plan resume, plan throttle, or wait for the window; then plan advance again.',
  },
  PLAN_CONNECT: {
    cause:
      'The server does not answer at this address, refuses the login, or its certificate is not trusted.',
    did: 'Nothing was changed by this attempt.',
    fix: 'Check host, port, user and password where the URL comes from, and tls in plan.config.yaml. plan doctor tries it.',
  },
  PLAN_PRIVILEGE: {
    cause: 'The database user may not do what a step needs.',
    did: 'It stopped before the step, or the server refused the statement and the step was rolled back.',
    fix: 'Give the right that the message names, then run the command again. plan doctor lists what is missing before a plan begins.',
  },
  PLAN_VERSION: {
    cause:
      'The server is older than the tool supports, or the ledger or program was written by another version of the tool.',
    did: NOTHING,
    fix: 'Use a version that fits, on all hosts that run the plan. A plan that is not begun yet is simply compiled again.',
  },
  PLAN_GAP: {
    cause:
      'The server has thrown away changes that plan sync has not seen yet: it was away for longer than the oplog lasts.',
    did: 'It does not go on as if nothing had happened.',
    fix: 'plan sync looks at every document once and then goes on by itself. Let the oplog last longer than the sync may be away.',
  },
  PLAN_LOCK_TIMEOUT: {
    cause: 'Somebody holds a lock on the table, and no try within lock_timeout got ours.',
    did: 'Each try gave up in time, so nobody waited behind it. The step was not done; what was done before is kept.',
    fix: 'The message names who holds the lock. End that session, or plan advance again at a quieter time.',
  },
  PLAN_TEMPORARY: {
    cause: 'The database failed for now: a lost connection, a deadlock, a restart or failover, a full disk.',
    did: ROLLED_BACK,
    fix: 'plan advance again: it reads the ledger and goes on where it was. Where the message names disk or memory, free some first.',
  },
  PLAN_INTERRUPTED: {
    cause: 'Ctrl-C, or the end of the process that started it.',
    did: 'It ended what it was at, safely. What was done is kept.',
    fix: 'plan advance goes on, whenever you like.',
  },
}
