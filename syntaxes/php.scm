(function_definition name: (name) @name) @definition.function
(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.class
(enum_declaration name: (name) @name) @definition.enum
(method_declaration name: (name) @name) @definition.method
(const_declaration (const_element (name) @name)) @definition.variable
(namespace_definition name: (_) @name body: (_)) @definition.module

(namespace_use_clause [(qualified_name) (name)] @import)
(require_expression (string) @import)
(require_once_expression (string) @import)
(include_expression (string) @import)
