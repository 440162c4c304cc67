/** Looks at the journal that it is given, as a program does, and says what it is. */
import { Transaction } from "../../../mod.ts";

const { status, steps } = await Transaction.inspect(Deno.args[0] ?? "");
console.log(`${status}, ${steps.length} steps`);
