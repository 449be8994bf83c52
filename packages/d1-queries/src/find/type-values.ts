import type { Node } from 'oxc-parser';
import { declarationOf } from './scope.ts';
import { keyOf, bare, type SourceFile } from './source-file.ts';
import { made, type Scope, type Value } from './value.ts';

/** The texts that a type allows: `'id' | 'name'`, `keyof typeof COLUMNS`. Undefined where it is not such a type. */
export function literalValues(annotated: Node, scope: Scope): readonly Value[] | undefined {
  const type = 'typeAnnotation' in annotated ? annotated.typeAnnotation : annotated;
  const texts = type ? textsOf(type, scope.file) : undefined;
  return texts?.map((text) => made(text, annotated, scope));
}

function textsOf(type: Node, file: SourceFile): readonly string[] | undefined {
  switch (type.type) {
    case 'TSTypeAnnotation':
    case 'TSParenthesizedType':
      return textsOf(type.typeAnnotation, file);
    case 'TSLiteralType':
      return type.literal.type === 'Literal' && typeof type.literal.value === 'string'
        ? [type.literal.value]
        : undefined;
    case 'TSUnionType': {
      const all = type.types.map((one) => textsOf(one, file));
      return all.every((texts) => texts !== undefined) ? all.flat() : undefined;
    }
    case 'TSTypeReference': {
      const { typeName } = type;
      const alias = typeName.type === 'Identifier' ? aliasOf(typeName.name, file) : undefined;
      return alias === undefined ? undefined : textsOf(alias, file);
    }
    case 'TSTypeOperator':
      return type.operator === 'keyof' && type.typeAnnotation.type === 'TSTypeQuery'
        ? keysOfQuery(type.typeAnnotation, file)
        : undefined;
    case 'TSIndexedAccessType': {
      const { objectType } = type;
      return itemsOfQuery(
        objectType.type === 'TSParenthesizedType' ? objectType.typeAnnotation : objectType,
        file,
      );
    }
    default:
      return undefined;
  }
}

function aliasOf(name: string, file: SourceFile): Node | undefined {
  for (const statement of file.program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type === 'TSTypeAliasDeclaration' && declared.id.name === name)
      return declared.typeAnnotation;
  }
  return undefined;
}

function keysOfQuery(query: Node, file: SourceFile): readonly string[] | undefined {
  const value = valueOfQuery(query, file);
  if (value?.type !== 'ObjectExpression') return undefined;
  const keys = value.properties.map((one) =>
    one.type === 'Property' ? keyOf(one.key, one.computed) : undefined,
  );
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

/** `(typeof COLUMNS)[number]`. */
function itemsOfQuery(query: Node, file: SourceFile): readonly string[] | undefined {
  const value = valueOfQuery(query, file);
  if (value?.type !== 'ArrayExpression') return undefined;
  const texts = value.elements.map((one) =>
    one?.type === 'Literal' && typeof one.value === 'string' ? one.value : undefined,
  );
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function valueOfQuery(query: Node, file: SourceFile): Node | undefined {
  if (query.type !== 'TSTypeQuery' || query.exprName.type !== 'Identifier') return undefined;
  const declaration = declarationOf(query.exprName.name, query, file);
  return declaration?.kind === 'variable' && declaration.node.init !== null
    ? bare(declaration.node.init)
    : undefined;
}
