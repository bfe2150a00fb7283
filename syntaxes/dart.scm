(class_definition name: (identifier) @name) @definition.class
(mixin_declaration (identifier) @name) @definition.class
(extension_declaration name: (identifier) @name) @definition.class
(enum_declaration name: (identifier) @name) @definition.enum
(type_alias . (type_identifier) @name) @definition.type
; A signature and its body are siblings.
((function_signature name: (identifier) @name) @definition.function . (function_body)? @end)
((method_signature (function_signature name: (identifier) @name)) @definition.method . (function_body)? @end)
((method_signature (constructor_signature name: (identifier) @name)) @definition.method . (function_body)? @end)
((method_signature (factory_constructor_signature . (identifier) @name)) @definition.method . (function_body)? @end)
((method_signature (getter_signature name: (identifier) @name)) @definition.method . (function_body)? @end)
((method_signature (setter_signature name: (identifier) @name)) @definition.method . (function_body)? @end)

(import_specification (configurable_uri (uri) @import))
(part_directive (uri) @import)
