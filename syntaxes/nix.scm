(binding attrpath: (attrpath) @name expression: (function_expression)) @definition.function
(binding attrpath: (attrpath) @name) @definition.variable

((apply_expression function: (variable_expression name: (identifier) @_import) argument: (path_expression) @import) (#any-of? @_import "import" "callPackage"))
(list_expression element: (path_expression) @import)
