import { redactSecrets } from "../inspect/redact_secrets.ts";
import type { Encoded } from "../values/json.ts";

/** Takes secrets out of what is shown, unless `--show-secrets` was given. */
export function readConceal(flags: ReadonlySet<string>): (encoded: Encoded) => Encoded {
  return flags.has("show-secrets") ? (encoded) => encoded : redactSecrets;
}
