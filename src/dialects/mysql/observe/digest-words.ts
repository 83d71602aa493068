/** Words that can be a name only in backticks, on MySQL 8.0 and later and on MariaDB 10.6 and later. */
export const RESERVED: ReadonlySet<string> = new Set(
  `accessible add all alter analyze and as asc before between bigint binary blob both by call cascade case change char
  character check collate column condition constraint continue convert create cross current_date current_time
  current_timestamp current_user cursor database databases dec decimal declare default delayed delete desc describe
  deterministic distinct distinctrow div double drop dual each else elseif enclosed escaped except exists exit explain false
  fetch float for force foreign from fulltext grant group having if ignore in index infile inner inout insert int integer
  intersect interval into is iterate join key keys kill leading leave left like limit linear lines load localtime
  localtimestamp lock long longblob longtext loop match mediumblob mediumint mediumtext mod modifies natural not null numeric
  on optimize option optionally or order out outer outfile over partition precision primary procedure purge range read reads
  real recursive references regexp release rename repeat replace require resignal restrict return revoke right rlike rows
  schema schemas select sensitive separator set show signal smallint spatial specific sql sqlexception sqlstate sqlwarning
  ssl starting straight_join table terminated then tinyblob tinyint tinytext to trailing trigger true undo union unique
  unlock unsigned update usage use using utc_date utc_time utc_timestamp values varbinary varchar varying when where while
  window with write xor zerofill`.split(/\s+/),
)

/** Words with several spellings, and the one that a digest always uses. */
export const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['substr', 'substring'],
  ['mid', 'substring'],
  ['int', 'integer'],
  ['dec', 'decimal'],
  ['numeric', 'decimal'],
  ['fixed', 'decimal'],
  ['character', 'char'],
  ['current_timestamp', 'now'],
  ['localtime', 'now'],
  ['localtimestamp', 'now'],
  ['current_date', 'curdate'],
  ['current_time', 'curtime'],
  ['rlike', 'regexp'],
  ['schema', 'database'],
  ['stddev', 'std'],
  ['stddev_pop', 'std'],
  ['variance', 'var_pop'],
  ['distinctrow', 'distinct'],
  ['some', 'any'],
])
