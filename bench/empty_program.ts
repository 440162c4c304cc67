/**
 * A program that does nothing: what every Deno program costs.
 *
 * @module
 */
