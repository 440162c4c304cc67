const ENTRIES = Symbol("entries");

/** An object as rows of key and value, for when its keys cannot be keys in the journal. */
export type ObjectEntries = [key: string, value: unknown][];

/** Marks rows for superjson as those of an object. An array, and not a class, because superjson goes into arrays. */
export function markAsEntries(object: Readonly<Record<string, unknown>>): ObjectEntries {
  return Object.assign(Object.entries(object), { [ENTRIES]: true });
}

/** Tells whether a value is marked as the rows of an object. */
export function isMarkedAsEntries(value: unknown): value is ObjectEntries {
  return Array.isArray(value) && Object.hasOwn(value, ENTRIES);
}
