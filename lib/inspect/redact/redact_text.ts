import { hidePassword } from "../../text/escape.ts";
import { isSecretKey, REDACTED } from "./redact_secrets.ts";

/** A name with what it is set to: `password=…`, `token: …`, `"apiKey": "…"`. */
const NAMED = /(["']?)([\p{L}_][\p{L}\p{N}_.-]*)\1(\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s"',;&)}\]]+)/gu;
const CREDENTIALS = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;

/** Hides what looks like a secret in a text that a person or a program has written: passwords in URLs, and named values. */
export function redactText(text: string): string {
  return hidePassword(text)
    .replace(CREDENTIALS, (_, scheme) => `${scheme} ${REDACTED}`)
    .replace(
      NAMED,
      (all, quote, name, between) => isSecretKey(name) ? `${quote}${name}${quote}${between}${REDACTED}` : all,
    );
}
