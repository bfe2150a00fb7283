(function name: (_) @name) @definition.function
(declarations (bind name: (_) @name) @definition.function)
(signature name: (_) @name) @signature
(data_type name: (_) @name) @definition.type
(newtype name: (_) @name) @definition.type
(type_synomym name: (_) @name) @definition.type
(class name: (_) @name) @definition.interface
(instance name: (_) @name) @definition.class

(import module: (_) @import)
