/** Steps that do not import the library: any exported function can be a step. */

/** Puts a letter into the outbox. */
export async function write(folder: string, name: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/${name}`, text, { createNew: true });
}

/** Lists the letters in the outbox. */
export async function list(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  return names.sort();
}

/** Prints names. */
export function print(names: readonly string[]): void {
  console.log(`In the outbox: ${names.join(", ")}`);
}
