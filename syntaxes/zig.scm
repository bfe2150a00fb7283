(function_declaration name: (identifier) @name) @definition.function
(variable_declaration (identifier) @name [(struct_declaration) (union_declaration) (opaque_declaration)]) @definition.class
(variable_declaration (identifier) @name [(enum_declaration) (error_set_declaration)]) @definition.enum
(source_file (variable_declaration . (identifier) @name) @definition.variable)
(test_declaration (string) @name) @definition.block

((builtin_function (builtin_identifier) @_import (arguments (string) @import)) (#eq? @_import "@import"))
