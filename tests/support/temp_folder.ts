/** A folder that is gone when the block that declared it with `await using` ends. */
export interface TempFolder extends AsyncDisposable {
  /** Its real absolute path. */
  readonly path: string;
}

/** Makes an empty folder for one test. */
export async function makeTempFolder(): Promise<TempFolder> {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "journal-test-" }));
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
