import type { Decision } from "../../state/step_state.ts";
import { cutText, escapeForTerminal } from "../../text/escape.ts";
import { formatTime } from "../../text/format_time.ts";

const MAX_LENGTH = 300;

/** Shows who decided and why, after what was decided: ` by ana: a typo`. Not escaped. */
export function formatReason({ by, why }: { readonly by?: string; readonly why?: string }): string {
  return `${by === undefined ? "" : ` by ${by}`}${why === undefined ? "" : `: ${why}`}`;
}

/** Shows what was decided, by whom, when and why: `skip by ana, 2026-11-23 02:15:00.123 UTC: a typo`. Escaped. */
export function formatDecision(
  what: string,
  { at, by, why, rewound }: Omit<Decision, "decision">,
  maxLength: number = MAX_LENGTH,
): string {
  const text = `${what}${formatReason({ by })}, ${formatTime(at)}${formatReason({ why })}`;
  return escapeForTerminal(cutText(text, maxLength)) +
    (rewound === true ? "; this no longer counts since the rewind" : "");
}

/** Shows which process ran something: `process 4711 on atlas`. Not escaped. */
export function formatRunner({ pid, host }: { readonly pid?: number; readonly host?: string }): string {
  return `${pid === undefined ? "an unknown process" : `process ${pid}`}${host === undefined ? "" : ` on ${host}`}`;
}
