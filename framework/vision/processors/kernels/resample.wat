;; The two passes of resize.ts for RGB pixels, four channels of 32 bits at a time. Sums start at half of 2^22 and are cut
;; to 8 bits, as there. Reads go up to 15 bytes past the pixels and writes up to 15 past a row: leave room.
(module
  (memory (export "memory") 1)

  ;; Each of `rows` rows of pixels to `width` pixels. `starts` and `lengths` hold a window for each output pixel, `values`
  ;; its weights, `stride` bytes apart. All are addresses of 32-bit integers.
  (func (export "horizontal")
    (param $from i32) (param $fromBytes i32) (param $rows i32) (param $to i32) (param $width i32)
    (param $starts i32) (param $lengths i32) (param $values i32) (param $stride i32)
    (local $x i32) (local $p i32) (local $w i32) (local $n i32)
    (local $v v128) (local $even v128) (local $odd v128)
    (loop $row
      (local.set $x (i32.const 0))
      (loop $pixel
        (local.set $p (i32.add (local.get $from)
          (i32.mul (i32.const 3) (i32.load (i32.add (local.get $starts) (i32.shl (local.get $x) (i32.const 2)))))))
        (local.set $n (i32.load (i32.add (local.get $lengths) (i32.shl (local.get $x) (i32.const 2)))))
        (local.set $w (i32.add (local.get $values) (i32.mul (local.get $x) (local.get $stride))))
        (local.set $even (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
        (local.set $odd (v128.const i32x4 0 0 0 0))
        ;; Four pixels lie in twelve of sixteen bytes; each is spread over the lanes.
        (block $few
          (loop $four
            (br_if $few (i32.lt_s (local.get $n) (i32.const 4)))
            (local.set $v (v128.load align=1 (local.get $p)))
            (local.set $even (i32x4.add (local.get $even) (i32x4.mul
              (i8x16.swizzle (local.get $v) (v128.const i8x16 0 -1 -1 -1 1 -1 -1 -1 2 -1 -1 -1 -1 -1 -1 -1))
              (v128.load32_splat (local.get $w)))))
            (local.set $odd (i32x4.add (local.get $odd) (i32x4.mul
              (i8x16.swizzle (local.get $v) (v128.const i8x16 3 -1 -1 -1 4 -1 -1 -1 5 -1 -1 -1 -1 -1 -1 -1))
              (v128.load32_splat offset=4 (local.get $w)))))
            (local.set $even (i32x4.add (local.get $even) (i32x4.mul
              (i8x16.swizzle (local.get $v) (v128.const i8x16 6 -1 -1 -1 7 -1 -1 -1 8 -1 -1 -1 -1 -1 -1 -1))
              (v128.load32_splat offset=8 (local.get $w)))))
            (local.set $odd (i32x4.add (local.get $odd) (i32x4.mul
              (i8x16.swizzle (local.get $v) (v128.const i8x16 9 -1 -1 -1 10 -1 -1 -1 11 -1 -1 -1 -1 -1 -1 -1))
              (v128.load32_splat offset=12 (local.get $w)))))
            (local.set $p (i32.add (local.get $p) (i32.const 12)))
            (local.set $w (i32.add (local.get $w) (i32.const 16)))
            (local.set $n (i32.sub (local.get $n) (i32.const 4)))
            (br $four)))
        (block $done
          (loop $one
            (br_if $done (i32.le_s (local.get $n) (i32.const 0)))
            (local.set $even (i32x4.add (local.get $even) (i32x4.mul
              (i8x16.swizzle (v128.load32_zero align=1 (local.get $p))
                (v128.const i8x16 0 -1 -1 -1 1 -1 -1 -1 2 -1 -1 -1 -1 -1 -1 -1))
              (v128.load32_splat (local.get $w)))))
            (local.set $p (i32.add (local.get $p) (i32.const 3)))
            (local.set $w (i32.add (local.get $w) (i32.const 4)))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br $one)))
        (local.set $even (i32x4.shr_s (i32x4.add (local.get $even) (local.get $odd)) (i32.const 22)))
        (local.set $even (i16x8.narrow_i32x4_s (local.get $even) (local.get $even)))
        (local.set $even (i8x16.narrow_i16x8_u (local.get $even) (local.get $even)))
        ;; The fourth byte is overwritten by the next pixel.
        (v128.store32_lane align=1 0 (local.get $to) (local.get $even))
        (local.set $to (i32.add (local.get $to) (i32.const 3)))
        (br_if $pixel (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 1))) (local.get $width))))
      (local.set $from (i32.add (local.get $from) (local.get $fromBytes)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; One row of `bytes` samples out of `count` rows below each other, with a weight each.
  (func (export "vertical")
    (param $from i32) (param $bytes i32) (param $count i32) (param $to i32) (param $values i32)
    (local $i i32) (local $k i32) (local $p i32) (local $v v128) (local $h v128) (local $w v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $block
      (local.set $a (v128.const i32x4 0x200000 0x200000 0x200000 0x200000))
      (local.set $b (local.get $a))
      (local.set $c (local.get $a))
      (local.set $d (local.get $a))
      (local.set $p (i32.add (local.get $from) (local.get $i)))
      (local.set $k (i32.const 0))
      (loop $tap
        (local.set $v (v128.load align=1 (local.get $p)))
        (local.set $w (v128.load32_splat (i32.add (local.get $values) (i32.shl (local.get $k) (i32.const 2)))))
        (local.set $h (i16x8.extend_low_i8x16_u (local.get $v)))
        (local.set $a (i32x4.add (local.get $a) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $h)) (local.get $w))))
        (local.set $b (i32x4.add (local.get $b) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $h)) (local.get $w))))
        (local.set $h (i16x8.extend_high_i8x16_u (local.get $v)))
        (local.set $c (i32x4.add (local.get $c) (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $h)) (local.get $w))))
        (local.set $d (i32x4.add (local.get $d) (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $h)) (local.get $w))))
        (local.set $p (i32.add (local.get $p) (local.get $bytes)))
        (br_if $tap (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $count))))
      (v128.store align=1 (i32.add (local.get $to) (local.get $i))
        (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $a) (i32.const 22)) (i32x4.shr_s (local.get $b) (i32.const 22)))
          (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $c) (i32.const 22)) (i32x4.shr_s (local.get $d) (i32.const 22)))))
      (br_if $block (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $bytes))))))
