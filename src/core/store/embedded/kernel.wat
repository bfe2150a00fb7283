;; Dot products of one int16 query with int8 rows, exact in int32.
;; The query is widened to int16 by the caller, so that one multiply-add instruction takes eight components.
(module
  (memory (import "env" "memory") 1)
  ;; $query: address of `dimension` int16; $rows: address of the int8 rows, each `dimension` bytes, a multiple of 16;
  ;; $scores: address of `count` int32, written.
  (func (export "dots") (param $query i32) (param $rows i32) (param $count i32) (param $dimension i32) (param $scores i32)
    (local $row i32) (local $end i32) (local $q i32) (local $piece v128) (local $sum v128)
    (block $done
      (loop $nextRow
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $q (local.get $query))
        (local.set $end (i32.add (local.get $rows) (local.get $dimension)))
        (loop $nextPiece
          (local.set $piece (v128.load (local.get $rows)))
          (local.set $sum
            (i32x4.add (local.get $sum)
              (i32x4.add
                (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $piece)) (v128.load (local.get $q)))
                (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $piece)) (v128.load offset=16 (local.get $q))))))
          (local.set $q (i32.add (local.get $q) (i32.const 32)))
          (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
          (br_if $nextPiece (i32.lt_u (local.get $rows) (local.get $end))))
        (i32.store (local.get $scores)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
            (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $nextRow))))
  ;; Adds $weight times an int8 row of $dimension bytes, a multiple of 16, to the $dimension float32 at $sum.
  (func (export "addRow") (param $row i32) (param $weight f32) (param $dimension i32) (param $sum i32)
    (local $end i32) (local $piece v128) (local $half v128) (local $weights v128)
    (local.set $weights (f32x4.splat (local.get $weight)))
    (local.set $end (i32.add (local.get $row) (local.get $dimension)))
    (loop $nextPiece
      (local.set $piece (v128.load (local.get $row)))
      (local.set $half (i16x8.extend_low_i8x16_s (local.get $piece)))
      (v128.store (local.get $sum)
        (f32x4.add (v128.load (local.get $sum))
          (f32x4.mul (local.get $weights) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $half))))))
      (v128.store offset=16 (local.get $sum)
        (f32x4.add (v128.load offset=16 (local.get $sum))
          (f32x4.mul (local.get $weights) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $half))))))
      (local.set $half (i16x8.extend_high_i8x16_s (local.get $piece)))
      (v128.store offset=32 (local.get $sum)
        (f32x4.add (v128.load offset=32 (local.get $sum))
          (f32x4.mul (local.get $weights) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $half))))))
      (v128.store offset=48 (local.get $sum)
        (f32x4.add (v128.load offset=48 (local.get $sum))
          (f32x4.mul (local.get $weights) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $half))))))
      (local.set $sum (i32.add (local.get $sum) (i32.const 64)))
      (local.set $row (i32.add (local.get $row) (i32.const 16)))
      (br_if $nextPiece (i32.lt_u (local.get $row) (local.get $end)))))
)
