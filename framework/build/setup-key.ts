/**
 * The fingerprint of a space's `setup`: the text of the function and of everything at top level that it refers to,
 * directly or not. While it stays the same, an edit cannot have changed what `setup` gives, so a loaded model is kept.
 *
 * It works on a bundle, where helpers of other files stand in the same scope, and errs on the safe side: names are
 * matched without regard to scopes, so a local variable named like a constant counts as that constant.
 */

import { createHash } from 'node:crypto'
import { type AnyNode, type Expression, type Property, parse, type SpreadElement, type Statement } from 'acorn'

/** A statement or one declarator of it. */
interface Piece {
  readonly text: string
  readonly start: number
  /** Names it declares at top level. */
  readonly declares: ReadonlySet<string>
  /** Names it assigns to, at any depth. */
  readonly assigns: ReadonlySet<string>
  readonly mentions: ReadonlySet<string>
  /** Runs when the module does: may change what a name holds without declaring it. */
  readonly acts: boolean
}

/** @param code - a bundled ES module whose default export is the space. */
export function setupKey(code: string): string {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
  const values = declaredValues(program.body)
  const exported = defaultExport(program.body)
  const declaration = exported?.type === 'Identifier' ? (values.get(exported.name) ?? exported) : exported
  const roots = declaration ? setupOf(declaration, values) : []
  // The declaration holds everything that must not count, `run` first of all.
  const left = new Set(exported?.type === 'Identifier' ? [exported.name] : [])
  const pieces = program.body.flatMap((statement) => piecesOf(statement, code, left))
  const used = reach(
    roots.flatMap((root) => [...mentionsOf(root)]),
    pieces,
  )
  const text = [
    ...roots.map((root) => code.slice(root.start, root.end)),
    ...used.sort((a, b) => a.start - b.start).map((piece) => piece.text),
  ]
  return createHash('sha256').update(text.join('\n')).digest('hex').slice(0, 16)
}

/** Everything that decides what `setup` is, out of the call that declares the space. */
function setupOf(declaration: AnyNode, values: ReadonlyMap<string, Expression>): AnyNode[] {
  if (declaration.type !== 'CallExpression') return [declaration]
  const [first] = declaration.arguments
  const object = first?.type === 'Identifier' ? values.get(first.name) : first
  // A helper such as `fromPipeline(task, model, { title, dtype })` makes `setup` out of its arguments.
  if (object?.type !== 'ObjectExpression')
    return [declaration.callee, ...declaration.arguments.flatMap((argument) => withoutWords(argument))]
  const spreads = object.properties.filter((property): property is SpreadElement => property.type === 'SpreadElement')
  const setup = object.properties.find((property): property is Property => nameOf(property) === 'setup')
  return [declaration.callee, ...spreads, ...(setup ? [setup.value] : [])]
}

/** What the page shows, and what `setup` therefore does not depend on. */
const WORDS = new Set(['title', 'summary', 'article', 'examples', 'action'])

function withoutWords(argument: AnyNode): AnyNode[] {
  if (argument.type !== 'ObjectExpression') return [argument]
  return argument.properties.filter((property) => !WORDS.has(nameOf(property) ?? ''))
}

function nameOf(property: Property | SpreadElement): string | null {
  if (property.type !== 'Property' || property.computed) return null
  if (property.key.type === 'Identifier') return property.key.name
  return property.key.type === 'Literal' ? String(property.key.value) : null
}

function defaultExport(body: readonly (Statement | AnyNode)[]): AnyNode | null {
  for (const statement of body) {
    if (statement.type === 'ExportDefaultDeclaration') return statement.declaration
    if (statement.type !== 'ExportNamedDeclaration') continue
    for (const { exported, local } of statement.specifiers) {
      if (exported.type === 'Identifier' && exported.name === 'default') return local
    }
  }
  return null
}

function declaredValues(body: readonly AnyNode[]): Map<string, Expression> {
  const values = new Map<string, Expression>()
  for (const statement of body) {
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of statement.declarations) {
      if (id.type === 'Identifier' && init) values.set(id.name, init)
    }
  }
  return values
}

function piecesOf(statement: AnyNode, code: string, left: ReadonlySet<string>): Piece[] {
  if (statement.type === 'ExportDefaultDeclaration' || statement.type === 'ExportNamedDeclaration') return []
  if (statement.type === 'ImportDeclaration') {
    // One piece for each name: that a page imports another component does not concern `setup`.
    const from = JSON.stringify(statement.source.value)
    return statement.specifiers.map((specifier) => ({
      text: `import ${code.slice(specifier.start, specifier.end)} from ${from}`,
      start: specifier.start,
      declares: new Set([specifier.local.name]),
      assigns: new Set(),
      mentions: new Set(),
      acts: false,
    }))
  }
  const nodes = statement.type === 'VariableDeclaration' ? statement.declarations : [statement]
  return nodes.map((node) => pieceOf(node, code)).filter((piece) => ![...piece.declares].some((name) => left.has(name)))
}

function pieceOf(node: AnyNode, code: string): Piece {
  const declares = new Set<string>()
  if (node.type === 'VariableDeclarator') collectNames(node.id, declares)
  else if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id)
    declares.add(node.id.name)
  const assigns = new Set<string>()
  walk(node, (inner) => {
    if (inner.type === 'AssignmentExpression') collectNames(inner.left, assigns)
    if (inner.type === 'UpdateExpression') collectNames(inner.argument, assigns)
  })
  const { start, end } = node
  return { text: code.slice(start, end), start, declares, assigns, mentions: mentionsOf(node), acts: !declares.size }
}

/** Walks from names to the pieces that decide what they hold, and on to the names in those. */
function reach(names: readonly string[], pieces: readonly Piece[]): Piece[] {
  const known = new Set(names)
  const used = new Set<Piece>()
  for (let before = -1; before !== used.size; ) {
    before = used.size
    for (const piece of pieces) {
      if (used.has(piece) || !concerns(piece, known)) continue
      used.add(piece)
      for (const name of piece.mentions) known.add(name)
    }
  }
  return [...used]
}

const concerns = ({ declares, assigns, mentions, acts }: Piece, known: ReadonlySet<string>) =>
  overlaps(declares, known) || overlaps(assigns, known) || (acts && overlaps(mentions, known))

function overlaps(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const entry of a) if (b.has(entry)) return true
  return false
}

/** Every identifier in a tree that can name a variable. */
function mentionsOf(root: AnyNode): Set<string> {
  const names = new Set<string>()
  collectNames(root, names)
  return names
}

function collectNames(root: AnyNode, names: Set<string>): void {
  walk(root, (node) => {
    if (node.type === 'Identifier') names.add(node.name)
  })
}

function walk(node: AnyNode, visit: (node: AnyNode) => void): void {
  visit(node)
  for (const [key, child] of Object.entries(node)) {
    // `model.dispose` names `model` only; `{ model: 1 }` names nothing.
    if (key === 'property' && node.type === 'MemberExpression' && !node.computed) continue
    if (key === 'key' && 'computed' in node && !node.computed) continue
    for (const inner of Array.isArray(child) ? child : [child]) {
      if (inner && typeof inner === 'object' && 'type' in inner) walk(inner as AnyNode, visit)
    }
  }
}
