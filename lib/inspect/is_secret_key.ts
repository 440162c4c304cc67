/** A key with one of these in it, whatever stands around it, holds a secret. */
export const SECRET_WORDS: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "apikey",
  "accesskey",
  "privatekey",
  "signingkey",
  "encryptionkey",
  "credential",
  "authorization",
  "cookie",
  "connectionstring",
];

/** A key that is one of these, and nothing else, holds a secret. */
export const SECRET_NAMES: readonly string[] = [
  "auth",
  "bearer",
  "cvc",
  "cvv",
  "jwt",
  "otp",
  "pass",
  "pin",
  "pwd",
  "sessionid",
];

const NAMES: ReadonlySet<string> = new Set(SECRET_NAMES);

/**
 * Tells by a key whether its value looks like a secret. Case, and what separates words, does not count: `API_KEY`, `api-key`
 * and `apiKey` are one.
 */
export function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return NAMES.has(plain) || SECRET_WORDS.some((word) => plain.includes(word));
}
