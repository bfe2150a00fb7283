(function_item name: (_) @name) @definition.function
(function_signature_item name: (_) @name) @definition.function
(struct_item name: (_) @name) @definition.class
(union_item name: (_) @name) @definition.class
(enum_item name: (_) @name) @definition.enum
(trait_item name: (_) @name) @definition.interface
(impl_item type: (_) @name) @definition.class
(mod_item name: (_) @name body: (_)) @definition.module
(type_item name: (_) @name) @definition.type
(const_item name: (_) @name) @definition.variable
(static_item name: (_) @name) @definition.variable
(macro_definition name: (_) @name) @definition.function

(use_declaration argument: (_) @import)
