/**
 * Which part of the grammar is which kind of word, for the editor. The only place that says so:
 * the props are compiled into the parser.
 */
import { styleTags, tags } from '@lezer/highlight'

export const flowHighlighting = styleTags({
  'if else goto return': tags.controlKeyword,
  'struct union Qualifier': tags.keyword,
  sizeof: tags.operatorKeyword,
  PrimitiveType: tags.typeName,
  TypeTag: tags.typeName,
  VariableName: tags.variableName,
  'Call/VariableName': tags.function(tags.variableName),
  FieldName: tags.propertyName,
  Label: tags.labelName,
  Number: tags.number,
  'String CharLiteral': tags.string,
  'LineComment BlockComment': tags.comment,
  'Prose ProseCondition': tags.docComment,
  Quote: tags.quote,
  DirectiveName: tags.processingInstruction,
  DirectiveText: tags.attributeValue,
  AssignOp: tags.definitionOperator,
  'Star Slash Percent Plus Minus ShiftOp': tags.arithmeticOperator,
  'RelationOp EqualityOp': tags.compareOperator,
  'Not AndOp OrOp': tags.logicOperator,
  'Tilde Ampersand Caret Bar': tags.bitwiseOperator,
  'Dot Arrow Ellipsis': tags.derefOperator,
  '( )': tags.paren,
  '{ }': tags.brace,
  '[ ]': tags.squareBracket,
  ', ;': tags.separator,
})
