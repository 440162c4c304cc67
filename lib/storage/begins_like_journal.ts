/** First bytes of every journal: cheap to look for in a folder of other files. */
const BEGINNING = '[{"seq":0,';

/**
 * Tells whether a regular file begins as every journal does. One that is not there does not; one that may not be read is
 * taken for a journal if it is called like one: it is better named among the journals than passed over.
 */
export function beginsLikeJournal(path: string): boolean {
  try {
    using file = Deno.openSync(path, { read: true });
    const bytes = new Uint8Array(BEGINNING.length);
    return file.readSync(bytes) === bytes.length && new TextDecoder().decode(bytes) === BEGINNING;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.PermissionDenied) return path.endsWith(".json");
    throw error;
  }
}
