/** First bytes of every journal: cheap to look for in a folder of other files. */
const BEGINNING = '[{"seq":0,';

/** Tells whether a regular file begins as every journal does. One that is not there, or may not be read, does not. */
export async function beginsLikeJournal(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path, { read: true });
    const bytes = new Uint8Array(BEGINNING.length);
    return await file.read(bytes) === bytes.length && new TextDecoder().decode(bytes) === BEGINNING;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}
