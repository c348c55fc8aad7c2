/** What the server sent is not a frame of this protocol. */
export class MalformedFrame extends Error {
  override readonly name = "MalformedFrame";
}

/** The fields of one JSON object. Absent and `null` mean the default: "", 0, false, nothing; a wrong type is malformed. */
export interface Fields {
  string(name: string): string;
  maybeString(name: string): string | undefined;
  number(name: string): number;
  boolean(name: string): boolean;
  strings(name: string): readonly string[];
  object<T>(name: string, read: (fields: Fields) => T): T;
  list<T>(name: string, read: (fields: Fields) => T): readonly T[];
  record<T>(name: string, read: (fields: Fields) => T): Readonly<Record<string, T>>;
  /** For spreading: `{}` where the field is absent. */
  optionalString<Name extends string>(name: Name): { [key in Name]?: string };
  optionalNumber<Name extends string>(name: Name): { [key in Name]?: number };
  optional<Name extends string, T>(name: Name, read: (fields: Fields) => T): { [key in Name]?: T };
}

export function fieldsOf(json: unknown, where: string): Fields {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new MalformedFrame(`${where} is not an object`);
  }
  const values = new Map<string, unknown>(Object.entries(json));

  function present<T>(name: string, is: (value: unknown) => value is T): T | undefined {
    const value = values.get(name) ?? undefined;
    if (value !== undefined && !is(value)) {
      throw new MalformedFrame(`${where}.${name} is of the wrong type`);
    }
    return value;
  }

  const fields: Fields = {
    string: (name) => present(name, isString) ?? "",
    maybeString: (name) => present(name, isString),
    number: (name) => present(name, isWhole) ?? 0,
    boolean: (name) => present(name, isBoolean) ?? false,
    strings: (name) => present(name, isStrings) ?? [],
    object: (name, read) => read(fieldsOf(present(name, isObject) ?? {}, `${where}.${name}`)),
    list: (name, read) => (present(name, isArray) ?? []).map((item) => read(fieldsOf(item, `${where}.${name}`))),
    record: (name, read) =>
      Object.fromEntries(
        Object.entries(present(name, isObject) ?? {}).map(([key, value]) => [
          key,
          read(fieldsOf(value, `${where}.${name}.${key}`)),
        ]),
      ),
    optionalString<Name extends string>(name: Name) {
      const value = present(name, isString);
      return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: string };
    },
    optionalNumber<Name extends string>(name: Name) {
      const value = present(name, isWhole);
      return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: number };
    },
    optional<Name extends string, T>(name: Name, read: (fields: Fields) => T) {
      const value = present(name, isObject);
      return (value === undefined ? {} : { [name]: read(fieldsOf(value, `${where}.${name}`)) }) as {
        [key in Name]?: T;
      };
    },
  };
  return fields;
}

const isString = (value: unknown): value is string => typeof value === "string";
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isStrings = (value: unknown): value is readonly string[] => isArray(value) && value.every(isString);
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
