import BinaryBitmap from "@zxing/library/es2015/core/BinaryBitmap";
import GlobalHistogramBinarizer from "@zxing/library/es2015/core/common/GlobalHistogramBinarizer";
import DecodeHintType from "@zxing/library/es2015/core/DecodeHintType";
import MultiFormatUPCEANReader from "@zxing/library/es2015/core/oned/MultiFormatUPCEANReader";
import RGBLuminanceSource from "@zxing/library/es2015/core/RGBLuminanceSource";

// The decoder of bar codes on goods, for browsers without one. It is fetched
// when somebody scans for the first time.

const reader = new MultiFormatUPCEANReader(new Map());
const hints = new Map([[DecodeHintType.TRY_HARDER, true]]);

/** The digits of an EAN-13, EAN-8 or UPC-A in a picture; throws where there is none. */
export function decode({ data, width, height }: ImageData): string {
  const grey = new Uint8ClampedArray(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = (data[4 * i]! + 2 * data[4 * i + 1]! + data[4 * i + 2]!) >> 2;
  const bitmap = new BinaryBitmap(new GlobalHistogramBinarizer(new RGBLuminanceSource(grey, width, height)));
  return reader.decode(bitmap, hints).getText();
}
