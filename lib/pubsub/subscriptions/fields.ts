/** A hash as Redis answers it: a list of fields and their values in turn. */
export function fieldsOf(flat: readonly string[] | null): Map<string, string> {
  const fields = new Map<string, string>();
  const list = flat ?? [];
  for (let i = 0; i + 1 < list.length; i += 2) fields.set(list[i] ?? "", list[i + 1] ?? "");
  return fields;
}
