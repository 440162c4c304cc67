/** A folder that is gone when the block that declared it with `await using` ends. */
export interface TempFolder extends AsyncDisposable {
  /** Its real absolute path. */
  readonly path: string;
}

/** Makes an empty folder for one test, in the usual place or another. */
export async function makeTempFolder(dir?: string): Promise<TempFolder> {
  const path = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "journal-test-", ...(dir === undefined ? {} : { dir }) }),
  );
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
