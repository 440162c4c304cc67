import { makeTempFolder, type TempFolder } from "../../support/temp_folder.ts";

const SHARED_MEMORY = "/dev/shm";

/** Makes an empty folder whose files lie in memory, where syncs take no time; where there is no such place, on the disk. */
export async function makeMemoryFolder(): Promise<TempFolder> {
  try {
    const path = await Deno.makeTempDir({ dir: SHARED_MEMORY, prefix: "journal-test-" });
    return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
  } catch {
    return await makeTempFolder();
  }
}
