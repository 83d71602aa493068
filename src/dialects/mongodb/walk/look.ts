import type { DocumentLanguage } from '../../interface/document-language.ts'

/** A query by which a person sees these documents. The shell's EJSON gives every id its type. */
export const look: DocumentLanguage['look'] = (collection, ids) =>
  `db.getCollection(${JSON.stringify(collection)}).find({ _id: { $in: EJSON.parse(${JSON.stringify(`[${ids.join(', ')}]`)}) } })`
