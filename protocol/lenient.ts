import { z } from 'zod';

/*
 * The peer reads a missing field and `null` as the zero value of its type. These wrappers do the same, once, at the edge:
 * a wrong type is still refused, and what comes out needs no null check.
 */

/** A field that may be missing or `null`; both come out as absent. */
export const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? undefined, schema.optional());

/** A list whose absence, or `null`, is the empty list. */
export const list = <Schema extends z.ZodType>(item: Schema) => z.preprocess((value) => value ?? [], z.array(item));

/** A map whose absence, or `null`, is the empty map. */
export const map = <Schema extends z.ZodType>(value: Schema) =>
  z.preprocess((input) => input ?? {}, z.record(z.string(), value));

/** An object whose absence, or `null`, is the object of its own defaults. */
export const defaulted = <Schema extends z.ZodType>(schema: Schema) => z.preprocess((value) => value ?? {}, schema);

/** A string, empty when missing or `null`. */
export const text = () => z.preprocess((value) => value ?? '', z.string());

/** A boolean, false when missing or `null`. */
export const flag = () => z.preprocess((value) => value ?? false, z.boolean());

/** An integer between -(2^53 - 1) and 2^53 - 1, 0 when missing or `null`. Larger numbers lose digits in JSON.parse and are refused. */
export const integer = () => z.preprocess((value) => value ?? 0, z.int());
