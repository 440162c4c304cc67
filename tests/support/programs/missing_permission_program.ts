/** Prints, for each module that it is given, the permission that is missing to import it. */
import { findMissingPermission } from "../../../lib/process/permissions.ts";

for (const module of Deno.args) console.log(JSON.stringify(await findMissingPermission(module)));
