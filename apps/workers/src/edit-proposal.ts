import { ApiError } from './api-error.ts';

/** The fields of an artwork that a visitor may correct, with the most characters (UTF-16 units) each can hold. */
const FIELDS = { title: 200, description: 5000, address: 300 } as const;
const COMMENT_LENGTH = 1000;

export interface EditProposal {
  readonly field: keyof typeof FIELDS;
  /** The text that the field should have. */
  readonly value: string;
  /** Why, for the moderator. */
  readonly comment: string | null;
}

/** Reads the body of `POST /artworks/:id/edits`, already parsed as JSON. Text is trimmed. */
export function parseEditProposal(body: unknown): EditProposal {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('The body must be a JSON object such as {"field": "title", "value": "The new title"}.');
  }
  const { field, value, comment, ...others } = Object.fromEntries<unknown>(Object.entries(body));
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw invalid(`There is no property "${unknown}". The properties are field, value and comment.`);
  }
  if (!isField(field)) {
    throw invalid(`"field" must be one of ${Object.keys(FIELDS).join(', ')}.`);
  }
  return {
    field,
    value: parseText('value', value, FIELDS[field]),
    comment: comment === undefined ? null : parseText('comment', comment, COMMENT_LENGTH),
  };
}

function isField(field: unknown): field is EditProposal['field'] {
  return typeof field === 'string' && Object.hasOwn(FIELDS, field);
}

function parseText(name: string, value: unknown, maximum: number): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '' || text.length > maximum) {
    throw invalid(`"${name}" must be a text of 1 to ${maximum} characters.`);
  }
  // D1 would store a lone surrogate as another character, and a NUL cuts the text short in SQL functions.
  if (/(?![\t\n\r])[\p{Cc}\p{Cs}]/u.test(text)) {
    throw invalid(`"${name}" must not contain control characters or half a surrogate pair.`);
  }
  return text;
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'invalid-edit', message);
}
