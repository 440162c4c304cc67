/** Gives a test a folder of its own, with files in it, and removes it afterwards. */
export async function inFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "resumable_tx_" });
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The journals in a folder. */
export function listJournals(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), (entry) => entry.name).filter((name) => name.endsWith(".json"));
}
