/**
 * How many arrays and objects may lie inside each other in a stored value. Far from what overflows the stack in any of
 * the functions that walk through values, and far more than data that people look at has.
 */
export const MAX_DEPTH = 500;
