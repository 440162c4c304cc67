/** Makes a folder and those above it where they are missing. */
export async function ensureDir(dir: string | URL): Promise<void> {
  try {
    await Deno.mkdir(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Error(`Cannot make the folder ${dir}: there is something else`, { cause: error });
  }
}
