/**
 * The command line: looks at the journals of transactions, and runs the rest of them.
 *
 * @example
 * ```sh
 * deno run --allow-read jsr:@x/resumable-tx/cli inspect transaction-20261123-021500-3f9a2c1d.json
 * deno run -A jsr:@x/resumable-tx/cli resume transaction-20261123-021500-3f9a2c1d.json
 * deno run -A jsr:@x/resumable-tx/cli --help
 * ```
 *
 * @module
 */

import { processIo } from "./lib/cli/frame/process_io.ts";
import { main } from "./lib/cli/main.ts";

if (import.meta.main) Deno.exit(await main(Deno.args, processIo()));
