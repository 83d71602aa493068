/** How one tool is told to leave columns alone that are still there. */
export type LeaveAlone = { readonly tool: string; readonly code: readonly string[] }

type Names = readonly string[]

const quoted = (names: Names): string => names.map((name) => JSON.stringify(name)).join(', ')

/** Each line stands alone, so that it is not torn apart in a text. */
const each = (names: Names, line: (name: string) => string): string[] => names.map(line)

/** Tools that name every column they know, and what they call it to leave some out. */
const TOOLS: readonly { readonly tool: string; readonly code: (table: string, names: Names) => string[] }[] =
  [
    {
      tool: 'Rails: in the model, ignored_columns',
      code: (_, names) => [`self.ignored_columns += [${quoted(names)}]`],
    },
    {
      tool: 'TypeORM: in the entity, or take the property out',
      code: (_, names) =>
        each(
          names,
          (name) => `@Column({ name: ${JSON.stringify(name)}, select: false, insert: false, update: false })`,
        ),
    },
    {
      tool: 'Prisma: in the model, the field optional and @ignore; db pull keeps it',
      code: (_, names) => each(names, (name) => `${name}  String?  @ignore`),
    },
    {
      tool: 'Sequelize: in the scope of the model, or take the attribute out',
      code: (_, names) => [`defaultScope: { attributes: { exclude: [${quoted(names)}] } }`],
    },
    {
      tool: 'Drizzle: take it out of the table, and name columns',
      code: (table) => [`db.select({ id: ${table}.id /* each column you need */ }).from(${table})`],
    },
    {
      tool: 'Knex and SQL by hand: name columns, no *, also in returning',
      code: (table) => [`knex(${JSON.stringify(table)}).select('id' /* each column you need */)`],
    },
  ]

/** The same for documents, which come whole unless a projection says otherwise. */
const OF_DOCUMENTS: typeof TOOLS = [
  {
    tool: 'Mongoose: in the schema, or take the path out; updates then leave it alone',
    code: (_, names) =>
      each(names, (name) => `${JSON.stringify(name)}: { type: Schema.Types.Mixed, select: false }`),
  },
  {
    tool: 'Prisma: in the model, the field optional and @ignore',
    code: (_, names) => each(names, (name) => `${name.replaceAll('.', '_')}  Json?  @ignore`),
  },
  {
    tool: 'The driver: a projection, and $set in place of replaceOne',
    code: (table, names) => [
      `db.collection(${JSON.stringify(table)}).find(filter, { projection: { ${names.map((name) => `${JSON.stringify(name)}: 0`).join(', ')} } })`,
    ],
  },
]

/** What to write one release before these columns go; nothing when none goes. */
export const leaveAlone = (table: string, doomed: Names, documents: boolean): LeaveAlone[] =>
  doomed.length === 0
    ? []
    : (documents ? OF_DOCUMENTS : TOOLS).map(({ tool, code }) => ({ tool, code: code(table, doomed) }))
