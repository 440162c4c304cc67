/**
 * A script that you, or a timer, start again and again until it has done its work once:
 *
 * ```sh
 * deno run -A examples/04_start_once.ts      # fails: there are no figures yet
 * echo "3 4 5" > figures.txt
 * deno run -A examples/04_start_once.ts      # continues where it stopped, and prints: Sent: sum 12
 * deno run -A examples/04_start_once.ts      # prints the same and runs nothing: the journal has the value
 * ```
 *
 * @module
 */
import { Transaction } from "jsr:@x/resumable-tx";

export function announce(): void {
  console.log("Beginning the report");
}

export async function readFigures(path: string): Promise<number[]> {
  return (await Deno.readTextFile(path)).trim().split(" ").map(Number);
}

export function send(figures: readonly number[]): string {
  console.log("Sending the report");
  return `sum ${figures.reduce((sum, figure) => sum + figure, 0)}`;
}

if (import.meta.main) {
  const report = await Transaction.run(import.meta, (t) => {
    t.do(announce);
    return t.do(send, t.do(readFigures, `${Deno.cwd()}/figures.txt`));
  }, { journal: "report-2026-11.json", ifExists: "resume", keep: true });
  console.log(`Sent: ${report}`);
}
