/** A program that does one step, and fails at the next one until `answer.txt` is there. Its argument names the journal. */
const PROGRAM = `import { Transaction } from "@x/resumable-tx";
export function note(text: string): string {
  Deno.writeTextFileSync("notes.txt", text + "\\n", { append: true });
  return text;
}
export function ask(): string {
  return Deno.readTextFileSync("answer.txt");
}
if (import.meta.main) {
  await Transaction.run(import.meta, (t) => {
    t.do(note, "first");
    const answer = t.do(ask);
    t.do(note, answer);
  }, { journal: Deno.args[0], keep: true });
}
`;

/** Writes it as `program.ts`, and returns its path. */
export async function writeFailingProgram(folder: string): Promise<string> {
  const path = `${folder}/program.ts`;
  await Deno.writeTextFile(path, PROGRAM);
  return path;
}
